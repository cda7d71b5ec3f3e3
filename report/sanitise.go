package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxMarks is how many combining characters in a row are left as they are; no script needs more, and a value made of
// thousands would draw over the lines around it.
const maxMarks = 3

// visible is the sanitiser for terminals and log files. What would act on the terminal, reorder the line or be invisible
// is written as <U+200E>, bytes that are not UTF-8 as <0xFF>. The result has only printable characters, on one line.
func visible(s string) string {
	if isPlainASCII(s) {
		return s
	}
	var b strings.Builder
	marks := maxMarks // a combining character at the beginning has nothing to combine with
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "<0x%02X>", s[i])
			marks = 0
		case isInvisible(r) || unicode.IsMark(r) && marks >= maxMarks:
			fmt.Fprintf(&b, "<U+%04X>", r)
			marks = 0
		default:
			b.WriteRune(r)
			if unicode.IsMark(r) {
				marks++
			} else {
				marks = 0
			}
		}
		i += size
	}
	return b.String()
}

// Visible is the sanitiser for messages on a terminal that are no report: visible, line by line.
func Visible(message string) string {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = visible(line)
	}
	return strings.Join(lines, "\n")
}

// VisibleJSON is the sanitiser for JSON that is no report, as encoding/json writes it.
func VisibleJSON(data []byte) []byte { return escapeJSON(data) }

// visibleValue is visible for values that are compared: spaces around them are made visible too, for they matter.
func visibleValue(s string) string {
	core := strings.Trim(s, " ")
	if core == s {
		return visible(s)
	}
	const space = "<U+0020>"
	before := len(s) - len(strings.TrimLeft(s, " "))
	after := len(s) - len(core) - before
	return strings.Repeat(space, before) + visible(core) + strings.Repeat(space, after)
}

// isInvisible reports whether r cannot be seen as it is: controls, line breaks, bidirectional and zero-width formatting,
// spaces other than the plain one, fillers, characters that Unicode has not assigned.
func isInvisible(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r == '\u2800' // the blank Braille pattern
}

func isPlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// xmlText is the sanitiser for XML: characters that XML forbids and bytes that are not UTF-8 are removed, what is left
// is made visible as in visible.
func xmlText(s string) string {
	if isPlainASCII(s) {
		return s
	}
	return visible(strings.Map(func(r rune) rune {
		if isForbiddenInXML(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// isForbiddenInXML reports whether r is outside the production Char of XML 1.0, section 2.2.
func isForbiddenInXML(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return false
	case r < ' ', r >= 0xD800 && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF, r > unicode.MaxRune:
		return true
	}
	return false
}

// escapeJSON is the sanitiser for JSON as encoding/json writes it: what visible would show as <U+009B> is written as an
// escape. Such characters occur only inside of strings, so the document means the same.
func escapeJSON(data []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(data))
	for i := 0; i < len(data); {
		if c := data[i]; c < 0x7F {
			b.WriteByte(c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case !isInvisible(r):
			b.Write(data[i : i+size])
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.Bytes()
}

// clip cuts s after about most bytes, and says so.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) && most-cut < utf8.UTFMax {
		cut--
	}
	return fmt.Sprintf("%s ... (%d more bytes)", s[:cut], len(s)-cut)
}
