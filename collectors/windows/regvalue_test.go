package windows

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16LE is text as the registry stores it, without anything added.
func utf16LE(text string) []byte {
	var data []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		data = binary.LittleEndian.AppendUint16(data, unit)
	}
	return data
}

func TestTextEndsAtItsFirstNULAndNeedsNone(t *testing.T) {
	for stored, want := range map[string]string{
		"CONTOSO\\svc-ssis$\x00": `CONTOSO\svc-ssis$`, "no NUL": "no NUL", "": "", "\x00": "", "a\x00b\x00": "a",
		"마스터\x00":        "마스터",
		"\U0001F511\x00": "\U0001F511",
	} {
		for _, kind := range []ValueType{RegSZ, RegExpandSZ} {
			if got, err := (Value{Type: kind, Data: utf16LE(stored)}).Text(); err != nil || got != want {
				t.Errorf("%q as type %d reads as %q, %v; want %q", stored, kind, got, err, want)
			}
		}
	}
}

func TestTextOfAnotherTypeOrWithHalfACharacterIsAnError(t *testing.T) {
	for _, v := range []Value{{RegDWORD, []byte{1, 0, 0, 0}}, {RegMultiSZ, utf16LE("a\x00\x00")}, {RegSZ,
		[]byte{'a'}}} {
		if got, err := v.Text(); err == nil {
			t.Errorf("%v reads as %q, want an error", v, got)
		}
	}
}

func TestMultipleTextsEndAtAnEmptyOne(t *testing.T) {
	for stored, want := range map[string][]string{
		"a\x00b\x00\x00": {"a", "b"}, "a\x00b\x00": {"a", "b"}, "a\x00b": {"a", "b"}, "\x00": {}, "": {},
		"\x00\x00":          {},
		"a\x00\x00\x00\x00": {"a"},
	} {
		got, err := (Value{Type: RegMultiSZ, Data: utf16LE(stored)}).Texts()
		if err != nil || got == nil || !slices.Equal(got, want) {
			t.Errorf("%q reads as %q, %v; want %q", stored, got, err, want)
		}
	}
	for _, v := range []Value{{RegMultiSZ, utf16LE("a\x00\x00b\x00\x00")}, {RegMultiSZ, []byte{0}}, {RegSZ, nil}} {
		if got, err := v.Texts(); err == nil {
			t.Errorf("%v reads as %q, want an error", v, got)
		}
	}
}

func TestNumbersAreOfTheRightTypeAndSize(t *testing.T) {
	if n, ok := (Value{RegDWORD, []byte{1, 2, 0, 0x80}}).DWORD(); !ok || n != 0x80000201 {
		t.Errorf("DWORD = %x, %t", n, ok)
	}
	for _, v := range []Value{{RegQWORD, []byte{1, 0, 0, 0}}, {RegDWORD, []byte{1, 0, 0, 0, 0, 0, 0, 0}}} {
		if _, ok := v.DWORD(); ok {
			t.Errorf("%v counts as a DWORD", v)
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add(uint32(1), utf16LE("CONTOSO\\svc\x00"))
	f.Add(uint32(7), utf16LE("a\x00b\x00\x00"))
	f.Add(uint32(7), []byte{0, 0xD8, 0})
	f.Fuzz(func(t *testing.T, kind uint32, data []byte) {
		v := Value{Type: ValueType(kind), Data: data}
		text, err := v.Text()
		if err == nil && (strings.Contains(text, "\x00") || !utf8.ValidString(text)) {
			t.Fatalf("text %q", text)
		}
		texts, err := v.Texts()
		if err == nil && (texts == nil || slices.Contains(texts, "")) {
			t.Fatalf("texts %q", texts)
		}
	})
}
