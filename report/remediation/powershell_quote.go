package remediation

import (
	"strconv"
	"strings"
)

// Values of audited systems get into a PowerShell script through a check and then through verbatim, and in no other way.
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
