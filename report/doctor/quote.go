package doctor

import (
	"strings"
	"unicode/utf8"

	"ssisaudit/report"
)

// maxName is how many characters a name in a script may have; SQL Server's names have as many.
const maxName = 128

// writable says whether a name may be put into a script: it can be read as what it is, on one line. What an audited
// system says may be anything.
func writable(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= maxName && line(name) == name && strings.TrimSpace(name) == name &&
		!strings.ContainsAny(name, "\u2018\u2019\u201A\u201B") // which PowerShell takes for a quote
}

// line is text on one line, with everything visible.
func line(text string) string {
	return report.Visible(strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
}

// identifier makes a name a T-SQL identifier.
func identifier(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }

// literal makes a text a T-SQL string.
func literal(text string) string { return "N'" + strings.ReplaceAll(text, "'", "''") + "'" }

// member makes a text a PowerShell string.
func member(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
