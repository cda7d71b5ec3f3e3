package report

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", `\\SQLA C:\Program Files`, `\\SQLA C:\Program Files`},
		{"letters of any script stay", "한글 漢字 Ω é", "한글 漢字 Ω é"},
		{"a combining accent stays", "e\u0301", "e\u0301"},
		{"an emoji stays", "🔥", "🔥"},
		{"the mark that comes with a pasted thumbprint", "\u200e5f3c", "<U+200E>5f3c"},
		{"an escape sequence", "\x1b[31mred", "<U+001B>[31mred"},
		{"a C1 control sequence introducer", "\u009b31m", "<U+009B>31m"},
		{"a raw C1 byte is not UTF-8", "\x9b31m", "<0x9B>31m"},
		{"a line break", "one\r\ntwo\u2028three", "one<U+000D><U+000A>two<U+2028>three"},
		{"a tab", "a\tb", "a<U+0009>b"},
		{"bidirectional overrides", "\u202eabc\u202c \u2066x\u2069", "<U+202E>abc<U+202C> <U+2066>x<U+2069>"},
		{"zero-width characters", "a\u200bb\u200dc\ufeffd\u2060e", "a<U+200B>b<U+200D>c<U+FEFF>d<U+2060>e"},
		{"a no-break space", "a\u00a0b", "a<U+00A0>b"},
		{"fillers that print as nothing", "\u3164\uffa0\u115f\u2800", "<U+3164><U+FFA0><U+115F><U+2800>"},
		{"variation selectors and tags", "a\ufe0f\U000e0041", "a<U+FE0F><U+E0041>"},
		{"a private character", "\ue000", "<U+E000>"},
		{"delete", "a\x7f", "a<U+007F>"},
		{"a combining character without a base", "\u0301a", "<U+0301>a"},
		{"more combining characters than a script has", "a\u0301\u0301\u0301\u0301", "a\u0301\u0301\u0301<U+0301>"},
		{"the replacement character itself", "\ufffd", "\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := visible(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestXMLTextRemovesWhatXMLForbids(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"controls", "a\x00\x01\x08\x0b\x0c\x1fb", "ab"},
		{"non-characters", "a\ufffe\uffffb", "ab"},
		{"an encoded surrogate", "a\xed\xa0\x80b", "ab"},
		{"bytes that are not UTF-8", "a\xff\xc3b", "ab"},
		{"what XML allows and nobody sees", "a\tb\u200e\u0085", "a<U+0009>b<U+200E><U+0085>"},
		{"markup is left to the encoder", "<a>&]]>", "<a>&]]>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := xmlText(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestVisibleValueShowsTheSpacesAround(t *testing.T) {
	for in, want := range map[string]string{
		"a b": "a b", " a": "<U+0020>a", "a  ": "a<U+0020><U+0020>", "  ": "<U+0020><U+0020>", "": "", " \t": "<U+0020><U+0009>",
	} {
		if got := visibleValue(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestClipCutsBetweenCharactersAndSaysSo(t *testing.T) {
	if got, want := clip("한글", 4), "한 ... (3 more bytes)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := clip("한글", 6); got != "한글" {
		t.Errorf("got %q", got)
	}
}

func TestWrapProseBreaksAtSpaces(t *testing.T) {
	got := strings.Join(wrapProse("the service account has a login on every replica", 20), "|")
	if want := "the service account|has a login on every|replica"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrapValueLosesNothing(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`C:\Program Files\Microsoft SQL Server`, `C:\Program Files\| Microsoft SQL |Server`},
		{"0123456789ABCDEF0123456789", "0123456789ABCDEF|0123456789"},
		{"가나다라마바사아자차", "가나다라마바사아|자차"},
	} {
		lines := wrapValue(c.in, 16)
		if strings.Join(lines, "") != c.in {
			t.Errorf("%q became %q", c.in, lines)
		}
		for _, line := range lines {
			if columns(line) > 16 {
				t.Errorf("%q is %d columns wide", line, columns(line))
			}
		}
	}
	if got := wrapValue("0123456789ABCDEF0123456789", 16); len(got) != 2 || got[0] != "0123456789ABCDEF" {
		t.Errorf("a value without separators is not broken at the edge: %q", got)
	}
	if got := wrapValue(`C:\Program\Microsoft`, 16); got[0] != `C:\Program\` {
		t.Errorf("a path is not broken after a backslash: %q", got)
	}
	if got := wrapValue("가나다라마바사아자차", 16); got[0] != "가나다라마바사아" {
		t.Errorf("Hangul is two columns wide, so eight syllables fit: %q", got)
	}
}

func FuzzSanitisers(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b]8;;http://x\x07", "\u200e", "e\u0301\u0301\u0301\u0301\u0301", "\xff\xfe", "👨‍👩‍👧‍👦🇰🇷",
		strings.Repeat("ᄀ", 200), "각\u1160\u11a8", "]]>\x00<&", `C:\a\b c\d`, "\ufffe", "क्षि" + strings.Repeat("क्", 50)} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = 2 + width&0x7f // a wide character needs two columns
		for _, shown := range []string{visible(s), visibleValue(s), xmlText(s)} {
			for _, r := range shown {
				if !unicode.IsPrint(r) || r == unicode.ReplacementChar && !strings.ContainsRune(s, r) {
					t.Fatalf("%q has %U", shown, r)
				}
			}
			if visible(shown) != shown {
				t.Fatalf("%q is made visible a second time", shown)
			}
			value := wrapValue(shown, width)
			if strings.Join(value, "") != shown {
				t.Fatalf("%q became %q", shown, value)
			}
			prose := wrapProse(shown, width)
			if got := strings.ReplaceAll(strings.Join(prose, ""), " ", ""); got != strings.ReplaceAll(shown, " ", "") {
				t.Fatalf("%q became %q", shown, prose)
			}
			for _, line := range append(value, prose...) {
				if columns(line) > width {
					t.Fatalf("%q is %d columns wide, not at most %d", line, columns(line), width)
				}
			}
		}
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(xmlText(s))); err != nil {
			t.Fatal(err)
		}
		var back struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte("<a>"+b.String()+"</a>"), &back); err != nil || back.Text != xmlText(s) {
			t.Fatalf("%q came back from XML as %q: %v", xmlText(s), back.Text, err)
		}
		plain, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var text string
		if err := json.Unmarshal(escapeJSON(plain), &text); err != nil || text != eachByte(s) {
			t.Fatalf("%q came back from JSON as %q: %v", s, text, err)
		}
	})
}

// eachByte replaces every byte that is not UTF-8 by the replacement character, as encoding/json does.
func eachByte(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}
