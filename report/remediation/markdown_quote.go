package remediation

import (
	"regexp"
	"strings"
	"unicode"

	"ssisaudit/report"
)

// prose is a text in Markdown that may be from an audited system: nothing in it is markup, a link or a line of its own. What
// would be a link is shown as code, and the rest escaped only where it means something: plans are read as plain text, too.
func prose(text string) string {
	words := strings.Split(oneLine(text), " ")
	for i, word := range words {
		rest := strings.TrimRight(word, ".,:;)")
		if linkForm.MatchString(rest) && !strings.ContainsAny(rest, "`|") {
			words[i] = fenced(rest) + word[len(rest):]
		} else {
			words[i] = escaped(word, i == 0)
		}
	}
	return strings.Join(words, " ")
}

// linkForm is what GitHub may take for a link or an address, and a UNC path, of which Markdown would drop a backslash.
var linkForm = regexp.MustCompile(`(?i)://|www\.|@|^\\\\`)

// escaped is a word in which nothing is markup; first says that its line begins with it.
func escaped(word string, first bool) string {
	line := []rune(word)
	at := func(i int) rune {
		if i < 0 || i >= len(line) {
			return ' '
		}
		return line[i]
	}
	var b strings.Builder
	for i, r := range line {
		before, after := at(i-1), at(i+1)
		means := false
		switch r {
		case '`', '*', '[', ']', '<', '>', '|', '~', '@':
			means = true
		case '\\': // before a letter it stands for itself
			means = !isWord(after)
		case '_':
			means = !isWord(before) || !isWord(after)
		case '#':
			means = i == 0 && first
		case '&':
			means = isWord(after) || after == '#'
		case ':':
			means = after == '/'
		}
		if means {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return hostForm.ReplaceAllString(b.String(), `$1\.`)
}

// hostForm is how GitHub knows a link without a scheme.
var hostForm = regexp.MustCompile(`(?i)(www)\.`)

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// code is a value in Markdown, shown as it is.
func code(value string) string {
	if value == "" {
		return "(empty)"
	}
	return fenced(oneLine(value))
}

func fenced(value string) string {
	fence := "`"
	for strings.Contains(value, fence) {
		fence += "`"
	}
	if strings.HasPrefix(value, "`") || strings.HasSuffix(value, "`") {
		value = " " + value + " "
	}
	return fence + value + fence
}

func oneLine(text string) string {
	return report.Visible(strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
}
