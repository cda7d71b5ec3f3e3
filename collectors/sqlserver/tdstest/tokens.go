package tdstest

import (
	"cmp"
	"encoding/binary"
	"fmt"
)

// Tokens of a reply ([MS-TDS] 2.2.7).
const (
	tokenReturnStatus = 0x79
	tokenColMetadata  = 0x81
	tokenError        = 0xAA
	tokenInfo         = 0xAB
	tokenReturnValue  = 0xAC
	tokenLoginAck     = 0xAD
	tokenRow          = 0xD1
	tokenNBCRow       = 0xD2
	tokenEnvChange    = 0xE3
	tokenDone         = 0xFD
	tokenDoneProc     = 0xFE
	tokenDoneInProc   = 0xFF
)

// Status bits of the DONE tokens.
const (
	doneMore      = 0x01
	doneError     = 0x02
	doneCount     = 0x10
	doneAttention = 0x20
)

const (
	commandSelect = 0xC1
	// flagNullable marks a column that may hold NULL.
	flagNullable = 0x01
	// returnOutput marks a RETURNVALUE that is an OUTPUT parameter.
	returnOutput = 0x01
)

// ENVCHANGE types.
const (
	envDatabase   = 1
	envLanguage   = 2
	envPacketSize = 4
	envCollation  = 7
	envResetDone  = 18
)

// done is a DONE, DONEPROC or DONEINPROC token that still waits to learn whether anything follows it.
type done struct {
	token  byte
	status uint16
	rows   uint64
}

func (d done) append(b []byte) []byte {
	command := uint16(0)
	if d.status&doneCount != 0 {
		command = commandSelect
	}
	b = append(b, d.token)
	b = binary.LittleEndian.AppendUint16(b, d.status)
	b = binary.LittleEndian.AppendUint16(b, command)
	return binary.LittleEndian.AppendUint64(b, d.rows)
}

// appendShort adds a B_VARCHAR: up to 255 UTF-16 code units behind their number; more is cut off.
func appendShort(b []byte, s string) []byte {
	text := encodeUTF16(s)
	text = text[:min(len(text), 2*255)]
	return append(append(b, byte(len(text)/2)), text...)
}

// appendSized adds a token and its content behind the content's length in bytes.
func appendSized(b []byte, token byte, content []byte) []byte {
	b = binary.LittleEndian.AppendUint16(append(b, token), uint16(len(content)))
	return append(b, content...)
}

func appendEnvChange(b []byte, kind byte, current, old string) []byte {
	return appendSized(b, tokenEnvChange, appendShort(appendShort([]byte{kind}, current), old))
}

func appendCollation(b []byte) []byte {
	content := append([]byte{envCollation, byte(len(collation))}, collation...)
	return appendSized(b, tokenEnvChange, append(content, 0))
}

func appendLoginAck(b []byte, version uint32) []byte {
	content := binary.BigEndian.AppendUint32([]byte{1}, version) // 1: Transact-SQL
	content = appendShort(content, "Microsoft SQL Server")
	return appendSized(b, tokenLoginAck, append(content, productVersion[:4]...))
}

// maxText keeps an ERROR or INFO token below the 64 KiB that its length field can tell.
const maxText = 16000

// appendError adds an ERROR or INFO token.
func appendError(b []byte, token byte, e Error, server string) []byte {
	content := binary.LittleEndian.AppendUint32(nil, uint32(e.Number))
	content = append(content, e.State, e.Class)
	text := encodeUTF16(e.Message)
	text = text[:min(len(text), 2*maxText)]
	content = binary.LittleEndian.AppendUint16(content, uint16(len(text)/2))
	content = append(content, text...)
	content = appendShort(appendShort(content, server), e.Procedure)
	return appendSized(b, token, binary.LittleEndian.AppendUint32(content, uint32(cmp.Or(e.Line, 1))))
}

func appendColumns(b []byte, columns []Column) []byte {
	b = binary.LittleEndian.AppendUint16(append(b, tokenColMetadata), uint16(len(columns)))
	for _, c := range columns {
		b = binary.LittleEndian.AppendUint32(b, 0) // user type: none
		b = binary.LittleEndian.AppendUint16(b, flagNullable)
		b = appendShort(c.Type.appendInfo(b), c.Name)
	}
	return b
}

// appendRow adds a row, as an NBCROW, which leaves NULLs out, where that is shorter.
func appendRow(b []byte, columns []Column, row []any) ([]byte, error) {
	if len(row) != len(columns) {
		return b, fmt.Errorf("a row has %d values for %d columns", len(row), len(columns))
	}
	nulls, present, whole := make([]byte, (len(columns)+7)/8), []byte(nil), []byte(nil)
	for i, c := range columns {
		value, err := c.Type.appendValue(nil, row[i])
		if err != nil {
			return b, fmt.Errorf("column %s: %w", c.Name, err)
		}
		whole = append(whole, value...)
		if row[i] == nil {
			nulls[i/8] |= 1 << (i % 8)
		} else {
			present = append(present, value...)
		}
	}
	if len(nulls)+len(present) < len(whole) {
		return append(append(append(b, tokenNBCRow), nulls...), present...), nil
	}
	return append(append(b, tokenRow), whole...), nil
}

func appendReturnValue(b []byte, ordinal int, o Output) ([]byte, error) {
	b = binary.LittleEndian.AppendUint16(append(b, tokenReturnValue), uint16(ordinal))
	b = append(appendShort(b, o.Name), returnOutput)
	b = binary.LittleEndian.AppendUint32(b, 0) // user type: none
	b = binary.LittleEndian.AppendUint16(b, flagNullable)
	b, err := o.Type.appendValue(o.Type.appendInfo(b), o.Value)
	if err != nil {
		return b, fmt.Errorf("output parameter %s: %w", o.Name, err)
	}
	return b, nil
}

func appendStatus(b []byte, status int32) []byte {
	return binary.LittleEndian.AppendUint32(append(b, tokenReturnStatus), uint32(status))
}
