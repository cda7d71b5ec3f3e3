package evidence

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// exportText turns an export into UTF-8. guessed says that the file is in some machine's ANSI code page, which it does
// not name: its ASCII is certain, other characters are not.
func exportText(content []byte) (text string, guessed bool, err error) {
	for mark, order := range map[string]unicode.Endianness{
		"\xFF\xFE": unicode.LittleEndian, "\xFE\xFF": unicode.BigEndian,
	} {
		if units, found := bytes.CutPrefix(content, []byte(mark)); found {
			if len(units)%2 != 0 {
				return "", false, errors.New("it ends in half a character, so it was cut short; export it again")
			}
			decoded, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(units)
			return string(decoded), false, err
		}
	}
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(content) {
		return string(content), false, nil
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(content)
	return string(decoded), true, err
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
