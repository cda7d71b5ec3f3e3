package remediation

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"ssisaudit/collectors/secret"
)

// What Windows PowerShell makes of a script, read independently of how it is written: comments, strings, and the rest, a
// character each. It takes the typographic quotes for the plain ones.
const singleQuotes, doubleQuotes = "'\u2018\u2019\u201a\u201b", "\"\u201c\u201d\u201e"

func lexPowerShell(script string) ([]token, error) {
	var list []token
	text := []rune(strings.TrimPrefix(script, byteOrderMark))
	until := func(i int, ends string) int {
		for i < len(text) && !strings.ContainsRune(ends, text[i]) {
			i++
		}
		return i
	}
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case r == '#':
			end := until(i, "\r\n")
			list = append(list, token{"comment", string(text[i:end])})
			i = end - 1
		case strings.ContainsRune(singleQuotes, r):
			var b strings.Builder
			for i++; ; i++ {
				if i = end(&b, text, i, singleQuotes); i == len(text) {
					return nil, fmt.Errorf("a string does not end")
				}
				if i+1 == len(text) || !strings.ContainsRune(singleQuotes, text[i+1]) {
					break
				}
				b.WriteRune(text[i])
				i++
			}
			list = append(list, token{"string", b.String()})
		case strings.ContainsRune(doubleQuotes, r):
			end := until(i+1, doubleQuotes)
			if end == len(text) || slices.Contains(text[i:end], '`') {
				return nil, fmt.Errorf("no text between double quotes here has a quote, or an escape: %q", string(text[i:end]))
			}
			list = append(list, token{"expandable", string(text[i : end+1])})
			i = end
		case strings.ContainsRune(" \t\r\n", r):
		default:
			list = append(list, token{"symbol", string(r)})
		}
	}
	return joined(list), nil
}

// joined reads ('a' + [char]0x200E + 'b') as the one string that it is.
func joined(list []token) []token {
	var texts []token
	for i := 0; i < len(list); i++ {
		if list[i] == (token{"symbol", "("}) && i+1 < len(list) && list[i+1].kind == "string" {
			if text, after := sum(list[i+1:]); after > 1 {
				texts = append(texts, token{"string", text})
				i += after + 1
				continue
			}
		}
		texts = append(texts, list[i])
	}
	return texts
}

// sum adds up strings and characters until a bracket closes, and says how many tokens there were; 0 where it is no sum.
func sum(list []token) (text string, tokens int) {
	var units []uint16
	for i := 0; i < len(list); {
		if list[i].kind == "string" {
			units = append(units, utf16.Encode([]rune(list[i].text))...)
			i++
		} else {
			code := ""
			for _, t := range list[i:min(i+12, len(list))] {
				code += t.text
			}
			var unit uint16
			if n, err := fmt.Sscanf(code, "[char]0x%04X", &unit); n != 1 || err != nil {
				return "", 0
			}
			units = append(units, unit)
			i += 12
		}
		switch {
		case i < len(list) && list[i] == (token{"symbol", "+"}):
			i++
		case i < len(list) && list[i] == (token{"symbol", ")"}):
			return string(utf16.Decode(units)), i
		default:
			return "", 0
		}
	}
	return "", 0
}

// end copies up to a quote.
func end(b *strings.Builder, text []rune, i int, quotes string) int {
	for ; i < len(text) && !strings.ContainsRune(quotes, text[i]); i++ {
		b.WriteRune(text[i])
	}
	return i
}

// A function with attributes of its own would have its own $PSCmdlet, which knows nothing of -WhatIf; Invoke-Change and
// others use the script's.
func TestEachFileHasOnePlainFunctionOfItsName(t *testing.T) {
	definition := regexp.MustCompile(`(?m)^\s*function\s+(\S+)`)
	for name, text := range functions {
		found := definition.FindAllStringSubmatch(text, -1)
		if len(found) != 1 || found[0][1] != name || !strings.HasPrefix(text, "# ") || strings.Contains(text, "\r") {
			t.Errorf("%s.ps1 is not a comment and one function of that name", name)
		}
		for _, no := range []string{"CmdletBinding", "[Parameter", "Invoke-Expression", "ConvertFrom-SecureString"} {
			if strings.Contains(text, no) {
				t.Errorf("%s.ps1 has %s", name, no)
			}
		}
		for _, shadow := range []string{"$IsDone", "$IsAudited", "$Do "} {
			if name != "Invoke-Change" && strings.Contains(text, shadow) {
				t.Errorf("%s.ps1 uses %s, which a block that is passed to Invoke-Change sees as another one", name, shadow)
			}
		}
	}
}

// -ceq and its like compare as people read: for them, a character that cannot be seen is none.
func TestNothingIsComparedAsIfItWereExact(t *testing.T) {
	for name, text := range functions {
		if found := regexp.MustCompile(`(?i)-c(eq|ne)\b`).FindString(text); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// The cluster's cmdlets take a name for a pattern, and a role may be called [x]; the firewall's are functions of a module,
// which go on after an error unless they are told otherwise.
func TestCommandsAreCalledAsTheyHaveToBe(t *testing.T) {
	for name, text := range functions {
		for line := range strings.Lines(text) {
			if cluster := regexp.MustCompile(`\b(Get|Stop|Start|Move|Remove)-Cluster(Group|Resource)\b[^(|]* -Name\b`); cluster.MatchString(line) {
				t.Errorf("%s.ps1 gives the cluster a pattern: %s", name, line)
			}
			if strings.Contains(line, "-NetFirewallRule -") && !strings.Contains(line, "-ErrorAction ") && !strings.HasSuffix(line, "`\n") {
				t.Errorf("%s.ps1 does not stop where the firewall's command fails: %s", name, line)
			}
		}
	}
	if !strings.Contains(functions["Open-Port"], "-Action Allow -ErrorAction Stop") {
		t.Error("Open-Port goes on after an error")
	}
}

// machineScripts are the PowerShell scripts of all samples, and what takes them back, each with its action.
func machineScripts(t *testing.T) iter.Seq2[string, string] {
	return func(yield func(action, script string) bool) {
		for _, sample := range samples {
			a, err := find(sample)
			if err != nil || !a.onMachine() {
				continue
			}
			do, undo, err := scriptOf(sample, "SQLB")
			if err != nil {
				t.Fatal(err)
			}
			if !yield(sample.Action, do) || !yield(sample.Action, undo) {
				return
			}
		}
	}
}

// Whoever reads a script before it is run, reads nothing that it does not do.
func TestAScriptHasOnlyTheFunctionsThatItCalls(t *testing.T) {
	definition := regexp.MustCompile(`(?m)^function (\S+) \{$`)
	for action, script := range machineScripts(t) {
		code := regexp.MustCompile(`(?m)^#.*`).ReplaceAllString(script, "")
		for _, found := range definition.FindAllStringSubmatch(script, -1) {
			if strings.Count(code, found[1]) < 2 {
				t.Errorf("%s: nothing calls %s", action, found[1])
			}
		}
	}
}

// The folder is looked at before anything is done with it, and only where something is.
func TestTheExchangeFolderIsCheckedFirst(t *testing.T) {
	const check = "\n$Exchange = Resolve-ExchangeFolder -Folder $Exchange\n"
	for action, script := range machineScripts(t) {
		_, calls, _ := strings.Cut(script, "\nAssert-Computer ")
		first, rest, checked := strings.Cut(calls, check)
		if strings.Contains(first, "$Exchange") || checked != strings.Contains(rest, "$Exchange") ||
			checked != strings.Contains(script, "\nfunction Resolve-ExchangeFolder {") {
			t.Errorf("%s:\n%s", action, calls)
		}
	}
}

func TestWhatCannotBeSeenIsWrittenByItsCode(t *testing.T) {
	for value, want := range map[string]expression{
		"":                      "''",
		"O'Brien":               "'O''Brien'",
		"\u200e0123":            "('' + [char]0x200E + '0123')",
		"01\u200e\u00a0\u2019x": "('01' + [char]0x200E + [char]0x00A0 + '\u2019\u2019x')",
		"a\U000e0041":           "('a' + [char]0xDB40 + [char]0xDC41)",
	} {
		if got := exact(value); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
		if list, err := lexPowerShell(string(exact(value))); err != nil || len(list) != 1 || list[0] != (token{"string", value}) {
			t.Errorf("%q is read as %q, %v", value, list, err)
		}
	}
	for value, ok := range map[string]bool{" 01\u200e": true, "a\nb": false, "a\rb": false, "\x00": false, "\xff": false, secret.NotAName: false,
		strings.Repeat("x", maxText+1): false} {
		if err := stored(value); (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
}
