package windows

import (
	"maps"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

const masterJSON = `{
  "PortNumber": 8391,
  "SSLCertThumbprint": "A7D07A7184A5D2240DC276173D2699C3537F2DF2",
  "SqlServerName": "ssis-lsnr.contoso.com,1433",
  "UserPassword": "hunter2"
}`

var masterWant = map[string]string{"PortNumber": "8391",
	"SSLCertThumbprint": "A7D07A7184A5D2240DC276173D2699C3537F2DF2",
	"SqlServerName":     "ssis-lsnr.contoso.com,1433"}

func encoded(t testing.TB, order unicode.Endianness, text string) string {
	t.Helper()
	s, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettingsInEveryFormAndEncoding(t *testing.T) {
	const elements = `<?xml version="1.0" encoding="utf-8"?><!-- <PortNumber>1</PortNumber> -->
<MasterSettings xmlns="urn:x">
  <portnumber>8391</portnumber>
  <SSLCertThumbprint><![CDATA[A7D07A7184A5D2240DC276173D2699C3537F2DF2]]></SSLCertThumbprint>
  <SqlServerName>ssis-lsnr.contoso.com,1433</SqlServerName>
  <UserPassword>hunter2</UserPassword>
</MasterSettings>`
	for name, content := range map[string]string{
		"JSON":                         masterJSON,
		"JSON with other case":         strings.Replace(masterJSON, "SqlServerName", "SQLSERVERNAME", 1),
		"JSON in one wrapping object":  `{"MasterSettings": ` + masterJSON + `}`,
		"JSON with text for numbers":   strings.Replace(masterJSON, "8391", `"8391"`, 1),
		"UTF-8 with a byte order mark": "\xEF\xBB\xBF" + masterJSON,
		"UTF-16LE":                     encoded(t, unicode.LittleEndian, masterJSON),
		"UTF-16BE":                     encoded(t, unicode.BigEndian, masterJSON),
		"XML elements":                 elements,
		"XML in UTF-16": encoded(t, unicode.LittleEndian, strings.Replace(elements, "utf-8",
			"utf-16", 1)),
		"XML that declares another subset": strings.Replace(elements, "utf-8", "us-ascii", 1),
		"XML add elements": `<configuration><appSettings>
  <add key="PortNumber" value="8391" /><add key="sslcertthumbprint" value="A7D07A7184A5D2240DC276173D2699C3537F2DF2"/>
  <add key="SqlServerName" value="ssis-lsnr.contoso.com,1433"/><add key="UserPassword" value="hunter2"/>
</appSettings></configuration>`,
		"XML setting elements": `<configuration><applicationSettings><Master.Properties.Settings>
  <setting name="PortNumber" serializeAs="String"><value>8391</value></setting>
  <setting name="SSLCertThumbprint" serializeAs="String"><value>A7D07A7184A5D2240DC276173D2699C3537F2DF2</value></setting>
  <setting name="SqlServerName" serializeAs="String"><value>ssis-lsnr.contoso.com,1433</value></setting>
  <setting name="UserPassword" serializeAs="String"><value>hunter2</value></setting>
</Master.Properties.Settings></applicationSettings></configuration>`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseSettings([]byte(content), masterKeys)
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got.values, masterWant) {
				t.Errorf("got %q, want %q", got.values, masterWant)
			}
			if format := strings.ToLower(name[:3]); (format == "xml") != (got.format == "xml") {
				t.Errorf("format %q", got.format)
			}
		})
	}
}

func TestValuesAreKeptAsTheyAre(t *testing.T) {
	const pasted = "\u200ea7 d0 7a"
	for name, content := range map[string]string{
		"JSON": `{"SSLCertThumbprint": "` + pasted + `", "PortNumber": 8.391e3, "SqlServerName": null}`,
		"XML": `<a><SSLCertThumbprint>` + pasted + `</SSLCertThumbprint><PortNumber>8.391e3</PortNumber>` +
			`<SqlServerName/></a>`,
	} {
		got, err := parseSettings([]byte(content), masterKeys)
		want := map[string]string{"SSLCertThumbprint": pasted, "PortNumber": "8.391e3", "SqlServerName": ""}
		if err != nil || !maps.Equal(got.values, want) {
			t.Errorf("%s: %q, %v; want %q", name, got.values, err, want)
		}
	}
}

func TestSettingsThatLeaveADoubtAreRefused(t *testing.T) {
	for _, test := range []struct{ name, content, why string }{
		{"an empty file", " \r\n", "empty"},
		{"neither format", "PortNumber=8391", "neither like JSON"},
		{"a broken JSON file names the line", "{\n\"PortNumber\": 8391,\n}", "not JSON at line 3"},
		{"text behind the JSON", masterJSON + "x", "not JSON"},
		{"comments in JSON", "{ // port\n\"PortNumber\": 1}", "not JSON at line 1"},
		{"a key twice", `{"PortNumber": 1, "PORTNUMBER": 2}`, "PortNumber is in it twice"},
		{"an object for a value", `{"PortNumber": {"a": 1}}`, "PortNumber is neither a text nor a number"},
		{"a key in one of several objects", `{"Old": {"PortNumber": 1}, "Other": 1}`, "not in its outermost object"},
		{"a key in a deeper object", `{"A": {"B": {"PortNumber": 1}}}`, "PortNumber is in an inner object"},
		{"a key in a list", `{"A": [{"PortNumber": 1}]}`, "PortNumber is in an inner object"},
		{"too many objects in each other", strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
			"nested deeper"},
		{"too many lists in each other", `{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}",
			"nested deeper"},
		{"none of the documented keys", `{"Password": "hunter2"}`, "none of the documented keys"},
		{"a key twice in XML", `<a><PortNumber>1</PortNumber><add key="PortNumber" value="2"/></a>`,
			"PortNumber is in it twice"},
		{"a broken XML file names the line", "<a>\n<PortNumber>hunter2</b></a>", "not XML at line 2"},
		{"a document type",
			`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><PortNumber>&e;</PortNumber></a>`,
			"document type"},
		{"an entity that is not XML's own", `<a><PortNumber>&hunter2;</PortNumber></a>`, "not XML"},
		{"elements in an element", `<PortNumber><b>1</b></PortNumber>`, "PortNumber is in a form"},
		{"a value attribute", `<a><PortNumber value="1"/></a>`, "PortNumber is in a form"},
		{"an attribute twice", `<a><add key="PortNumber" value="1" value="2"/></a>`, "attribute twice"},
		{"a setting with two values", `<a><setting name="PortNumber"><value>1</value><value>2</value></setting></a>`,
			"one element value"},
		{"a setting without a value", `<a><setting name="PortNumber"/></a>`, "one element value"},
		{"an add without a value", `<a><add key="PortNumber"/></a>`, "no attribute value"},
		{"a key that is removed again", `<a><add key="PortNumber" value="1"/><remove key="PortNumber"/></a>`,
			"element remove"},
		{"two outermost elements", `<PortNumber>1</PortNumber><b/>`, "more than one outermost"},
		{"elements that are not closed", strings.Repeat("<a>", 40), "nested deeper"},
		{"another encoding",
			"<?xml version=\"1.0\" encoding=\"ks_c_5601-1987\"?><a><PortNumber>\xEA\xB0\x80</PortNumber></a>",
			"encoding"},
		{"ANSI", "{\"SqlServerName\": \"M\xFCller\"}", "neither UTF-8"},
		{"UTF-16 without a mark", string(utf16LE(masterJSON)), "NUL"},
		{"half a character", "\xFF\xFE{\x00}", "UTF-16 has not"},
		{"too large", strings.Repeat(" ", MaxFile+1), "more than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseSettings([]byte(test.content), masterKeys)
			if err == nil || !strings.Contains(err.Error(), test.why) {
				t.Errorf("got %q, %v; want an error that says %q", got.values, err, test.why)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error quotes the file: %v", err)
			}
		})
	}
}

func TestTheOldKeyForTheServerIsReportedAsSuch(t *testing.T) {
	for content, want := range map[string][2]string{
		`{"InstanceName": "SQLA"}`:                          {"SQLA", "InstanceName"},
		`{"SqlServerName": "SQLA"}`:                         {"SQLA", "SqlServerName"},
		`{"SqlServerName": "SQLA", "InstanceName": "SQLA"}`: {"SQLA", "SqlServerName"},
		`{"PortNumber": 1}`:                                 {"", ""},
	} {
		s, err := parseSettings([]byte(content), masterKeys)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := masterSettingsOf("", s); err != nil || got.SQLServerName != want[0] ||
			got.SQLServerNameKey != want[1] {
			t.Errorf("%s: %q under %q, %v; want %q", content, got.SQLServerName, got.SQLServerNameKey, err, want)
		}
	}
	s, err := parseSettings([]byte(`{"SqlServerName": "SQLA", "InstanceName": "SQLB"}`), masterKeys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := masterSettingsOf("", s); err == nil {
		t.Error("two different server names, and no error")
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add([]byte(masterJSON))
	f.Add([]byte(`{"A": {"PortNumber": 1, "b": [1, {"c": null}]}}`))
	f.Add([]byte(`<a><add key="PortNumber" value="1"/><setting name="SqlServerName"><value>x</value></setting></a>`))
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><PortNumber>&lt;1</PortNumber>`))
	f.Add([]byte(encoded(f, unicode.LittleEndian, masterJSON)))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := parseSettings(content, masterKeys)
		if err != nil {
			return
		}
		if s.format != "json" && s.format != "xml" || len(s.values) == 0 {
			t.Fatalf("no error and %+v", s)
		}
		for key := range s.values {
			if documented(masterKeys, key) != key {
				t.Fatalf("%q is not documented", key)
			}
		}
	})
}
