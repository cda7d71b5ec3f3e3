package evidence

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"ssisaudit/collectors/windows"
)

const header = "Windows Registry Editor Version 5.00\r\n\r\n"

func parseText(t testing.TB, text string) *regFile {
	t.Helper()
	file, err := parseExport("a.reg", []byte(text), new(maxKeys))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// The expectations are the format's own: a text is stored as UTF-16LE with a NUL, dword: is a number to be stored
// little-endian, hex: and hex(type): are the bytes as stored.
func TestEveryTypeOfValueIsRead(t *testing.T) {
	const key = "[HKEY_LOCAL_MACHINE\\Key]\r\n"
	for _, test := range []struct {
		name, line string
		kind       windows.ValueType
		data       string
	}{
		{"a text", `"v"="C\\s \"x\" ;n"`, 1, "C\x00\\\x00s\x00 \x00\"\x00x\x00\"\x00 \x00;\x00n\x00\x00\x00"},
		{"an empty text", `"v"=""`, 1, "\x00\x00"},
		{"a text of two lines", "\"v\"=\"a\r\nb\"", 1, "a\x00\r\x00\n\x00b\x00\x00\x00"},
		{"a text beyond the first plane", `"v"="🔑"`, 1, "\x3d\xd8\x11\xdd\x00\x00"},
		{"a number", `"v"=dword:0000ABcd`, 4, "\xcd\xab\x00\x00"},
		{"bytes", `"v"=hex:01,fF`, 3, "\x01\xff"},
		{"no bytes", `"v"=hex:`, 3, ""},
		{"a text with variables", `"v"=hex(2):25,00,00,00`, 2, "%\x00\x00\x00"},
		{"several texts", `"v"=hex(7):61,00,00,00,00,00`, 7, "a\x00\x00\x00\x00\x00"},
		{"a long number", `"v"=hex(b):01,00,00,00,00,00,00,80`, 11, "\x01\x00\x00\x00\x00\x00\x00\x80"},
		{"a number of the wrong size", `"v"=hex(4):01`, 4, "\x01"},
		{"nothing", `"v"=hex(0):`, 0, ""},
		{"a type of one's own", `"v"=hex(ffff0001):00`, 0xffff0001, "\x00"},
		{"continued lines", "\"v\"=hex:01,\\\r\n  02,\\  \r\n\t03", 3, "\x01\x02\x03"},
		{"blanks and a comment", `"v" = dword:00000001 ; one`, 4, "\x01\x00\x00\x00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := header + key + test.line + "\r\n"
			utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			for form, text := range map[string]string{"CRLF": text, "UTF-16": utf16,
				"UTF-8 with a mark": "\xEF\xBB\xBF" + text} {
				v, ok := parseText(t, text).keys["key"].values["v"]
				if !ok || v.name != "v" || v.Type != test.kind || string(v.Data) != test.data {
					t.Errorf("%s: %+v, want type %d and %q", form, v, test.kind, test.data)
				}
			}
		})
	}
}

func TestLinesMayEndWithoutCarriageReturns(t *testing.T) {
	file := parseText(t,
		"Windows Registry Editor Version 5.00\n\n; made by hand\n[HKEY_LOCAL_MACHINE\\Key]\n@=hex:01,\\\n  02\n\"a\"=\"b\"\n")
	if v := file.keys["key"].values[""]; v.Type != 3 || string(v.Data) != "\x01\x02" {
		t.Errorf("default value %+v", v)
	}
	if _, ok := file.keys["key"].values["a"]; !ok {
		t.Error("the value a is missing")
	}
}

func TestTheOldFormatKeepsTextsAsSingleBytes(t *testing.T) {
	file := parseText(t,
		"REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Key]\r\n\"e\"=hex(2):43,3a,00\r\n\"m\"=hex(7):61,00,62,00,00\r\n"+
			"\"b\"=hex:43,3a,00\r\n\"s\"=\"M\xFCller\"\r\n\"x\"=hex(2):fc,00\r\n")
	for name, want := range map[string]string{"e": "C\x00:\x00\x00\x00", "m": "a\x00\x00\x00b\x00\x00\x00\x00\x00",
		"b": "C:\x00"} {
		if v := file.keys["key"].values[name]; string(v.Data) != want || v.garbled {
			t.Errorf("%s: %+v, want %q", name, v, want)
		}
	}
	for _, name := range []string{"s", "x"} {
		if v := file.keys["key"].values[name]; !v.garbled {
			t.Errorf("%s is in an unknown code page, and yet it reads as %q", name, v.Data)
		}
	}
}

func TestOtherHivesAreLeftOut(t *testing.T) {
	file := parseText(t, header+
		"[HKEY_CURRENT_USER\\Key]\r\n\"v\"=\"user\"\r\n[hklm\\Key]\r\n\"v\"=dword:00000001\r\n[HKEY_USERS\\S-1-5-18]\r\n@=\"x\"\r\n")
	if len(file.keys) != 2 || file.keys["key"].values["v"].Type != windows.RegDWORD {
		t.Errorf("keys %v", file.keys)
	}
}

func TestNamesOfKeysMayHoldBrackets(t *testing.T) {
	file := parseText(t, header+"[HKEY_LOCAL_MACHINE\\SslBindingInfo\\[::]:443]\r\n\r\n")
	if file.keys[`sslbindinginfo\[::]:443`] == nil {
		t.Errorf("keys %v", file.keys)
	}
}

func TestADamagedExportIsRefusedWithItsLine(t *testing.T) {
	const key = "[HKEY_LOCAL_MACHINE\\Key]\r\n" // line 3
	for _, test := range []struct{ name, text, why string }{
		{"no header", "[HKEY_LOCAL_MACHINE\\Key]\r\n", "a.reg:1: it begins neither"},
		{"nothing", "", "a.reg:1: it begins neither"},
		{"half a character", "\xFF\xFEW", "half a character"},
		{"no end of the last line", header + key + `"v"=dword:00000001`, "a.reg:4: it ends in the middle of a line"},
		{"a value before the first key", header + "\"v\"=\"\"\r\n", "a.reg:3: a value stands before"},
		{"a deleted key", header + "[-HKEY_LOCAL_MACHINE\\Key]\r\n", "a.reg:3: it deletes a key"},
		{"a deleted value", header + key + "\"v\"=-\r\n", "a.reg:4: it deletes a value"},
		{"an unknown hive", header + "[SYSTEM\\Key]\r\n", "a.reg:3: a key does not begin with a registry hive"},
		{"no closing bracket", header + "[HKEY_LOCAL_MACHINE\\Key\r\n", "a.reg:3: a key has no closing bracket"},
		{"an empty part", header + "[HKEY_LOCAL_MACHINE\\a\\\\b]\r\n", "a.reg:3: a key has an empty part"},
		{"nothing behind the hive", header + "[HKEY_LOCAL_MACHINE\\]\r\n", "a.reg:3: a key has an empty part"},
		{"a key without a bottom", header + "[HKEY_LOCAL_MACHINE" + strings.Repeat(`\a`, 600) + "]\r\n",
			"a.reg:3: a key is deeper"},
		{"no equals sign", header + key + "\"v\"\r\n", "a.reg:4: a value has no ="},
		{"no value", header + key + "\"v\"=\r\n", "a.reg:4: a value is none of"},
		{"an unknown escape", header + key + "\"v\"=\"\r\n\\n\"\r\n", "a.reg:5: a backslash in a text"},
		{"an open text", header + key + "\"v\"=\"a\r\n\r\n", "a.reg:4: a quotation mark is not closed"},
		{"a short number", header + key + "\"v\"=dword:0001\r\n", "a.reg:4: dword: is not followed"},
		{"a number with a sign", header + key + "\"v\"=dword:+0000001\r\n", "a.reg:4: dword: is not followed"},
		{"half a byte", header + key + "\"v\"=hex:01,0\r\n", "a.reg:4: a byte is not two"},
		{"a comma and nothing", header + key + "\"v\"=hex:01,02,\r\n", "a.reg:4: a comma is followed by nothing"},
		{"a continuation into nothing", header + key + "\"v\"=hex:01,\\\r\n",
			"a.reg:5: a comma is followed by nothing"},
		{"no commas", header + key + "\"v\"=hex:01 02\r\n", "a.reg:4: bytes are not separated"},
		{"a backslash in the middle", header + key + "\"v\"=hex:01,\\ 02\r\n",
			"a.reg:4: a backslash is not at the end"},
		{"an unknown type", header + key + "\"v\"=hex(x):01\r\n", "a.reg:4: hex( is not followed"},
		{"a value twice", header + key + "\"v\"=\"a\"\r\n\"V\"=\"a\"\r\n",
			"a.reg:5: the key has a value of this name already"},
		{"something behind a value", header + key + "\"v\"=\"a\" b\r\n", "a.reg:4: something follows"},
		{"prose", header + key + "hunter2\r\n", "a.reg:4: this is neither"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseExport("a.reg", []byte(test.text), new(maxKeys))
			if err == nil || !strings.Contains(err.Error(), test.why) {
				t.Fatalf("%v, want %q", err, test.why)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error quotes the file: %v", err)
			}
		})
	}
}

// An export says something of the keys that were exported, and of nothing else.
func TestWhatAnExportCovers(t *testing.T) {
	file := parseText(t, header+`[HKEY_LOCAL_MACHINE\SOFTWARE\A]

[HKEY_LOCAL_MACHINE\SOFTWARE\A\B]

[HKEY_LOCAL_MACHINE\SYSTEM]

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001]

[HKEY_LOCAL_MACHINE\SOFTWARE\AB\C]

`)
	for path, want := range map[string]bool{
		`software\a`: true, `software\a\b`: true, `software\a\x\y`: true, `software\ab\c`: true, `software\ab`: false,
		`software`: false, ``: false, `cluster`: false, `system\controlset001\x`: true, `system\select`: true,
		// The link is not in exports of hives that are not loaded.
		`system\currentcontrolset`: false, `system\currentcontrolset\services`: false,
	} {
		if got := file.covers(path); got != want {
			t.Errorf("covers(%q) = %t", path, got)
		}
	}
	if whole := parseText(t, header+
		"[HKEY_LOCAL_MACHINE]\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet]\r\n"); !whole.covers("cluster") ||
		!whole.covers(`system\currentcontrolset\services`) {
		t.Error("an export of the whole hive covers all of it")
	}
}

func FuzzParseExport(f *testing.F) {
	f.Add([]byte(header +
		"[HKEY_LOCAL_MACHINE\\SYSTEM\\A]\r\n@=\"x\"\r\n\"d\"=dword:00000001\r\n\"h\"=hex(7):61,00,\\\r\n  00,00\r\n; c\r\n"))
	f.Add([]byte("REGEDIT4\n\n[HKEY_CURRENT_USER\\x]\n\"a\\\\b\\\"\"=hex(2):41,00\n[HKLM\\[::]:1]\n"))
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(header +
		"[HKEY_LOCAL_MACHINE\\A]\r\n\"마\"=\"\U0001F511\"\r\n")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(utf16))
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := parseExport("a.reg", content, new(maxKeys))
		if err != nil {
			return
		}
		for path, key := range file.keys {
			if key.listed && !file.covers(path) && !strings.HasPrefix(path+`\`, currentControlSet+`\`) {
				t.Fatalf("%q is listed and not covered", path)
			}
			for _, child := range key.children {
				below := strings.ToLower(strings.TrimPrefix(path+`\`+child, `\`))
				if file.keys[below] == nil && path != "" {
					t.Fatalf("%q is listed below %q and is not there", child, path)
				}
			}
		}
	})
}

// A Root store of 60 certificates of 1.5 KB, in UTF-16, as "reg export" writes it.
func BenchmarkParseExport(b *testing.B) {
	var text strings.Builder
	text.WriteString(header +
		"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates]\r\n\r\n")
	for i := range 60 {
		fmt.Fprintf(&text,
			"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\%040X]\r\n\"Blob\"=hex:", i)
		for j := range 1500 {
			if j%25 == 24 {
				text.WriteString("\\\r\n  ")
			}
			fmt.Fprintf(&text, "%02x,", j&0xff)
		}
		text.WriteString("00\r\n\r\n")
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text.String())
	if err != nil {
		b.Fatal(err)
	}
	content := []byte(utf16)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseExport("a.reg", content, new(maxKeys)); err != nil {
			b.Fatal(err)
		}
	}
}
