package windows

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

// Text returns the string of a REG_SZ or REG_EXPAND_SZ (variables unexpanded). Like the Windows functions that read
// such values it takes what stands before the first NUL, and does not ask for one.
func (v Value) Text() (string, error) {
	if v.Type != RegSZ && v.Type != RegExpandSZ {
		return "", fmt.Errorf("it has type %d, not REG_SZ (1) or REG_EXPAND_SZ (2)", v.Type)
	}
	units, err := utf16Units(v.Data)
	if err != nil {
		return "", err
	}
	for i, u := range units {
		if u == 0 {
			units = units[:i]
			break
		}
	}
	return string(utf16.Decode(units)), nil
}

// Texts returns the strings of a REG_MULTI_SZ, never nil. A terminating NUL may be missing; text behind the empty
// string that ends the list is an error, because readers would not agree on whether it belongs to the list.
func (v Value) Texts() ([]string, error) {
	if v.Type != RegMultiSZ {
		return nil, fmt.Errorf("it has type %d, not REG_MULTI_SZ (7)", v.Type)
	}
	units, err := utf16Units(v.Data)
	if err != nil {
		return nil, err
	}
	texts := []string{}
	start, ended := 0, false
	for i := 0; i <= len(units); i++ {
		if i < len(units) && units[i] != 0 {
			continue
		}
		if i == start {
			ended = true
		} else if ended {
			return nil, errors.New("it has text behind the end of its list")
		} else {
			texts = append(texts, string(utf16.Decode(units[start:i])))
		}
		start = i + 1
	}
	return texts, nil
}

func utf16Units(data []byte) ([]uint16, error) {
	if len(data)%2 != 0 {
		return nil, fmt.Errorf("its %d bytes are no UTF-16 text", len(data))
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return units, nil
}
