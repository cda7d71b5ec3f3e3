package tdstest

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/google/uuid"
)

// Type is the type of a column or a parameter. Every type is nullable; nil is NULL.
type Type struct {
	id byte
	// size is the number of bytes of a value, the largest one for NVARCHAR and VARBINARY.
	size int
}

// Type identifiers ([MS-TDS] 2.2.5.4).
const (
	typeNull           = 0x1F
	typeGUID           = 0x24
	typeIntN           = 0x26
	typeBitN           = 0x68
	typeDateTimeOffset = 0x2B
	typeVarBinary      = 0xA5
	typeNVarChar       = 0xE7
)

// The types without a length, and the Go values they take.
var (
	TinyInt          = Type{typeIntN, 1}            // any Go integer in range
	SmallInt         = Type{typeIntN, 2}            // any Go integer in range
	Int              = Type{typeIntN, 4}            // any Go integer in range
	BigInt           = Type{typeIntN, 8}            // any Go integer in range
	Bit              = Type{typeBitN, 1}            // bool
	DateTimeOffset   = Type{typeDateTimeOffset, 10} // time.Time; 100 ns resolution, whole-minute offset
	UniqueIdentifier = Type{typeGUID, 16}           // string in the usual form, or uuid.UUID
)

// Max is the length of NVARCHAR(MAX) and VARBINARY(MAX).
const Max = -1

// maxSize in a type's size field marks a MAX type, whose values travel in chunks (PLP).
const maxSize = 0xFFFF

// NVarChar is NVARCHAR(n), n UTF-16 code units from 1 to 4000; it takes a string. Any other n is NVARCHAR(MAX).
func NVarChar(n int) Type {
	if n < 1 || n > 4000 {
		return Type{typeNVarChar, maxSize}
	}
	return Type{typeNVarChar, 2 * n}
}

// VarBinary is VARBINARY(n), n bytes from 1 to 8000; it takes a []byte. Any other n is VARBINARY(MAX).
func VarBinary(n int) Type {
	if n < 1 || n > 8000 {
		return Type{typeVarBinary, maxSize}
	}
	return Type{typeVarBinary, n}
}

// scale of every DATETIMEOFFSET here: 7, units of 100 ns.
const scale = 7

// collation is SQL_Latin1_General_CP1_CI_AS ([MS-TDS] 2.2.5.1.2).
var collation = []byte{0x09, 0x04, 0xD0, 0x00, 0x34}

const plpNull = math.MaxUint64

// appendInfo adds the type's TYPE_INFO.
func (t Type) appendInfo(b []byte) []byte {
	b = append(b, t.id)
	switch t.id {
	case typeDateTimeOffset:
		return append(b, scale)
	case typeNVarChar:
		return append(binary.LittleEndian.AppendUint16(b, uint16(t.size)), collation...)
	case typeVarBinary:
		return binary.LittleEndian.AppendUint16(b, uint16(t.size))
	default:
		return append(b, byte(t.size))
	}
}

// appendNull adds NULL as a value of the type.
func (t Type) appendNull(b []byte) []byte {
	switch {
	case t.size == maxSize:
		return binary.LittleEndian.AppendUint64(b, plpNull)
	case t.id == typeNVarChar || t.id == typeVarBinary:
		return binary.LittleEndian.AppendUint16(b, 0xFFFF)
	default:
		return append(b, 0)
	}
}

// appendValue adds a value of the type, or says why v is none.
func (t Type) appendValue(b []byte, v any) ([]byte, error) {
	if v == nil {
		return t.appendNull(b), nil
	}
	data, err := t.encode(v)
	if err != nil {
		return b, err
	}
	switch {
	case t.size == maxSize:
		b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
		if len(data) > 0 {
			b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
			b = append(b, data...)
		}
		return binary.LittleEndian.AppendUint32(b, 0), nil
	case len(data) > t.size:
		return b, fmt.Errorf("%d bytes do not fit into a column of %d bytes", len(data), t.size)
	case t.id == typeNVarChar || t.id == typeVarBinary:
		b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	default:
		b = append(b, byte(len(data)))
	}
	return append(b, data...), nil
}

// encode gives the bytes of a value that is not NULL, without its length.
func (t Type) encode(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		switch t.id {
		case typeNVarChar:
			return encodeUTF16(v), nil
		case typeGUID:
			id, err := uuid.Parse(v)
			if err != nil {
				return nil, fmt.Errorf("%q is no UNIQUEIDENTIFIER: %w", v, err)
			}
			return swapGUID(id), nil
		}
	case uuid.UUID:
		if t.id == typeGUID {
			return swapGUID(v), nil
		}
	case []byte:
		if t.id == typeVarBinary {
			return v, nil
		}
	case bool:
		if t.id == typeBitN && v {
			return []byte{1}, nil
		} else if t.id == typeBitN {
			return []byte{0}, nil
		}
	case time.Time:
		if t.id == typeDateTimeOffset {
			return encodeTime(v)
		}
	default:
		if t.id == typeIntN {
			return t.encodeInt(reflect.ValueOf(v))
		}
	}
	return nil, fmt.Errorf("a %T is no value of %s", v, t)
}

func (t Type) encodeInt(v reflect.Value) ([]byte, error) {
	var n int64
	switch {
	case v.CanInt():
		n = v.Int()
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		n = int64(v.Uint())
	default:
		return nil, fmt.Errorf("a %s is no value of %s", v.Type(), t)
	}
	low, high := int64(-1)<<(8*t.size-1), int64(1)<<(8*t.size-1)-1
	if t.size == 1 { // TINYINT alone is unsigned
		low, high = 0, math.MaxUint8
	}
	if n < low || n > high {
		return nil, fmt.Errorf("%d does not fit into %s", n, t)
	}
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:t.size], nil
}

// unixDay1 is 0001-01-01, the day DATETIMEOFFSET counts from, in seconds before 1970.
const unixDay1 = 62135596800

// encodeTime gives the UTC time of day in units of 100 ns (5 bytes), the UTC day (3 bytes), and the offset in minutes.
func encodeTime(t time.Time) ([]byte, error) {
	_, offset := t.Zone()
	sinceDay1 := t.Unix() + unixDay1
	if sinceDay1 < 0 || t.UTC().Year() > 9999 || offset%60 != 0 || offset < -14*3600 || offset > 14*3600 {
		return nil, fmt.Errorf("%s is beyond DATETIMEOFFSET: years 1 to 9999, whole minutes from UTC up to 14 hours", t)
	}
	ticks := uint64(sinceDay1%86400)*10_000_000 + uint64(t.Nanosecond()/100)
	b := binary.LittleEndian.AppendUint64(nil, ticks)[:5]
	b = append(b, binary.LittleEndian.AppendUint32(nil, uint32(sinceDay1/86400))[:3]...)
	return binary.LittleEndian.AppendUint16(b, uint16(int16(offset/60))), nil
}

// swapGUID turns the three leading groups of a GUID little-endian, as they travel, and back.
func swapGUID(id uuid.UUID) []byte {
	b := id[:]
	return []byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6],
		b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]}
}

func (t Type) String() string {
	switch {
	case t.id == typeIntN:
		return map[int]string{1: "TINYINT", 2: "SMALLINT", 4: "INT", 8: "BIGINT"}[t.size]
	case t.id == typeNVarChar && t.size == maxSize:
		return "NVARCHAR(MAX)"
	case t.id == typeNVarChar:
		return fmt.Sprintf("NVARCHAR(%d)", t.size/2)
	case t.id == typeVarBinary && t.size == maxSize:
		return "VARBINARY(MAX)"
	case t.id == typeVarBinary:
		return fmt.Sprintf("VARBINARY(%d)", t.size)
	}
	name, known := map[byte]string{typeNull: "NULL", typeBitN: "BIT", typeGUID: "UNIQUEIDENTIFIER",
		typeDateTimeOffset: "DATETIMEOFFSET"}[t.id]
	if !known {
		return "no type"
	}
	return name
}
