package remediation

import (
	"fmt"
	"regexp"
	"strings"
)

// What sqlcmd and SQL Server make of a script, read independently of how it is written: variables are expanded first,
// everywhere; then lines are commands, separators or text; then the text of each batch is words, strings, identifiers.

// Answers are the sqlcmd variables that scripts ask for.
var Answers = map[string]string{"DryRun": "1", "LoggingPassword": "pass''word", "MasterKeyPassword": "x",
	"ListenerName": "listener", "ListenerIP": "10.0.0.1", "ListenerMask": "255.255.255.0"}

type token struct{ kind, text string }

var (
	variableForm  = regexp.MustCompile(`\$\(([^)\s]*)\)`)
	separatorForm = regexp.MustCompile(`(?i)^\s*go\s*([0-9]+)?\s*(--.*)?$`)
	commandForm   = regexp.MustCompile(`(?i)^\s*(:|!!|(quit|exit|reset|ed)\b)`)
)

// batches splits a script as sqlcmd does.
func batches(script string, variables map[string]string) (list []string, commands []string, err error) {
	var batch strings.Builder
	for l := range strings.Lines(script) {
		l = variableForm.ReplaceAllStringFunc(l, func(found string) string {
			value, ok := variables[found[2:len(found)-1]]
			if !ok {
				err = fmt.Errorf("the variable %s is not set", found)
			}
			return value
		})
		switch text := strings.TrimRight(l, "\r\n"); {
		case separatorForm.MatchString(text):
			list = append(list, batch.String())
			batch.Reset()
		case commandForm.MatchString(text):
			commands = append(commands, text)
		default:
			batch.WriteString(l)
		}
	}
	if strings.TrimSpace(batch.String()) != "" {
		list = append(list, batch.String())
	}
	return list, commands, err
}

// lex reads T-SQL. Strings that are added up are one.
func lex(text string) ([]token, error) {
	var list []token
	delimited := func(i int, end byte) (string, int, error) {
		var b strings.Builder
		for ; i < len(text); i++ {
			if text[i] != end {
				b.WriteByte(text[i])
			} else if i+1 < len(text) && text[i+1] == end {
				b.WriteByte(end)
				i++
			} else {
				return b.String(), i + 1, nil
			}
		}
		return "", 0, fmt.Errorf("%c does not end", end)
	}
	word := regexp.MustCompile(`^[A-Za-z0-9_@#]+`)
	for i := 0; i < len(text); {
		var err error
		rest, t := text[i:], token{}
		switch {
		case strings.TrimLeft(rest[:1], " \t\r\n") == "":
			i++
			continue
		case strings.HasPrefix(rest, "--"):
			i += len(strings.SplitAfterN(rest, "\n", 2)[0])
			continue
		case strings.HasPrefix(rest, "/*"), rest[0] == '"':
			return nil, fmt.Errorf("nothing here begins with %q", rest[:1])
		case rest[0] == '\'', strings.HasPrefix(rest, "N'"):
			t.kind = "string"
			t.text, i, err = delimited(i+strings.IndexByte(rest, '\'')+1, '\'')
		case rest[0] == '[':
			t.kind = "identifier"
			t.text, i, err = delimited(i+1, ']')
		case word.MatchString(rest):
			t = token{"word", word.FindString(rest)}
			i += len(t.text)
		default:
			t = token{"symbol", rest[:1]}
			i++
		}
		if err != nil {
			return nil, err
		}
		list = append(list, t)
		if n := len(list); n > 2 && t.kind == "string" && list[n-2] == (token{"symbol", "+"}) && list[n-3].kind == "string" {
			list = append(list[:n-3], token{"string", list[n-3].text + t.text})
		}
	}
	return list, nil
}

// read gives the tokens of all batches, and one for each command and separator.
func read(script string) ([]token, error) {
	list, commands, err := batches(script, Answers)
	if err != nil {
		return nil, err
	}
	var all []token
	for _, c := range commands {
		all = append(all, token{"command", c})
	}
	for _, b := range list {
		tokens, err := lex(b)
		if err != nil {
			return nil, err
		}
		all = append(append(all, tokens...), token{"separator", "GO"})
	}
	return all, nil
}
