package remediation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"ssisaudit/collectors/secret"
	"ssisaudit/report"
)

// Values of audited systems get into a PowerShell script through a check and then through verbatim or exact, and in no other
// way.
// Native programs get only values whose check allows letters, digits and a few signs: Windows PowerShell 5.1 does not quote
// their arguments reliably.

// expression is a piece of PowerShell that stands for a value.
type expression string

// verbatim makes a text an expression. PowerShell takes the typographic single quotes for the plain one, and two of them for
// one of the first's kind.
func verbatim(value string) expression {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range value {
		if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return expression(b.String())
}

// stored is for what a script only compares with what is stored, or stores again: characters that cannot be seen may be
// just what is wrong with it.
func stored(value string) error {
	switch {
	case utf8.RuneCountInString(value) > maxText:
		return fmt.Errorf("it has more than %d characters", maxText)
	case !utf8.ValidString(value) || strings.ContainsAny(value, "\r\n\x00"):
		return errors.New("it has a line break, or is no text")
	case value == secret.NotAName:
		return errors.New("it was not kept, for there may be a password in it")
	}
	return nil
}

// exact makes a text that passed the check stored an expression in which all of it can be seen: what cannot is written by
// its code.
func exact(value string) expression {
	if report.Visible(value) == value {
		return verbatim(value)
	}
	var parts []string
	plain := ""
	for _, r := range value {
		if report.Visible(string(r)) == string(r) {
			plain += string(r)
			continue
		}
		// A text comes first: two characters are not joined to one.
		if plain != "" || parts == nil {
			parts = append(parts, string(verbatim(plain)))
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			parts = append(parts, fmt.Sprintf("[char]0x%04X", unit))
		}
		plain = ""
	}
	if plain != "" {
		parts = append(parts, string(verbatim(plain)))
	}
	return expression("(" + strings.Join(parts, " + ") + ")")
}

// list makes texts an expression of an array.
func list(values ...string) expression {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = string(verbatim(v))
	}
	return expression("@(" + strings.Join(parts, ", ") + ")")
}

// number makes an integer an expression.
func number(n int) expression { return expression(strconv.Itoa(n)) }

// answer is what the script was given for a question.
func answer(q Question) expression { return expression("$" + q.Name) }
