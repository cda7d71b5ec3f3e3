package windows

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

const (
	markUTF8    = "\xEF\xBB\xBF"
	markUTF16LE = "\xFF\xFE"
	markUTF16BE = "\xFE\xFF"
)

// settingsText turns a settings file into UTF-8, and says whether a byte order mark announced its encoding. Without
// one it is UTF-8, as .NET reads it; other bytes are refused rather than guessed.
func settingsText(content []byte) (text string, marked bool, err error) {
	rest, marked := bytes.CutPrefix(content, []byte(markUTF8))
	if !marked {
		for mark, order := range map[string]unicode.Endianness{
			markUTF16LE: unicode.LittleEndian, markUTF16BE: unicode.BigEndian,
		} {
			if units, found := bytes.CutPrefix(content, []byte(mark)); found {
				// Half a character, or half of a pair, decodes to U+FFFD.
				rest, err = unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(units)
				if err != nil || bytes.Contains(rest, []byte("\uFFFD")) {
					return "", true, errors.New("it is marked as UTF-16 and has characters that UTF-16 has not; save it as UTF-8")
				}
				marked = true
			}
		}
	}
	text = string(rest)
	switch {
	case strings.Contains(text, "\x00"):
		return "", marked, errors.New("it holds NUL characters (UTF-16 without a byte order mark, perhaps); " +
			"save it as UTF-8")
	case !utf8.ValidString(text):
		return "", marked, errors.New("it is neither UTF-8 nor marked as UTF-16; save it as UTF-8")
	}
	return text, marked, nil
}
