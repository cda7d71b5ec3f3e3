package remediation

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// call is one call of a function of the folder powershell, which does what an action says.
type call struct {
	function  string
	arguments []argument
	// none says instead why there is nothing that a script could do.
	none string
}

type argument struct {
	name  string
	value expression
}

// functions are the files of the folder powershell, by name. Each looks first, stops where the state is not the one that
// was audited, and changes nothing with -WhatIf.
var functions = readFunctions()

//go:embed powershell/*.ps1
var functionFiles embed.FS

func readFunctions() map[string]string {
	list := map[string]string{}
	names, err := fs.Glob(functionFiles, "powershell/*.ps1")
	for _, name := range names {
		var data []byte
		if data, err = functionFiles.ReadFile(name); err != nil {
			break
		}
		list[strings.TrimSuffix(path.Base(name), ".ps1")] = strings.TrimSpace(string(data))
	}
	if err != nil || len(list) == 0 {
		panic(fmt.Sprintf("the embedded PowerShell functions: %v", err)) // the embedding is decided when it is compiled
	}
	return list
}

var (
	functionWord = regexp.MustCompile(`\b[A-Z][a-z]+-[A-Za-z]+\b`)
	commentLine  = regexp.MustCompile(`(?m)^#.*`)
)

// needed adds a function and those that it calls to a list, each after what it calls.
func needed(list []string, name string) []string {
	if functions[name] == "" || slices.Contains(list, name) {
		return list
	}
	for _, word := range functionWord.FindAllString(commentLine.ReplaceAllString(functions[name], ""), -1) {
		if word != name {
			list = needed(list, word)
		}
	}
	return append(list, name)
}

// byteOrderMark is what Windows PowerShell 5.1 knows a script in UTF-8 by.
const byteOrderMark = "\ufeff"

// powershell is the text of one .ps1 file.
func (s Script) powershell(undo bool) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var calls []string
	used := needed(nil, "Assert-Computer")
	for _, c := range s.changes(undo) {
		title, call := c.call(undo)
		text := "# " + rulesOf(c.Findings) + "\n"
		if call.none != "" {
			text += "Write-Output " + string(verbatim("not done: "+title+": "+call.none)) + "\n"
		} else {
			used = needed(used, call.function)
			for _, a := range call.arguments {
				for _, word := range functionWord.FindAllString(string(a.value), -1) {
					used = needed(used, word)
				}
			}
			text += call.text(title)
		}
		calls = append(calls, text)
	}

	asks := s.asks(undo)
	exchanges := slices.Contains(asks, exchange)
	if exchanges {
		used = needed(used, "Resolve-ExchangeFolder")
	}
	line("%s# %s what PLAN.md lists for %s. For Windows PowerShell 5.1 as administrator, on %s.", byteOrderMark, purpose(undo), s.File, s.Server)
	line("#Requires -Version 5.1\n#Requires -PSEdition Desktop\n#Requires -RunAsAdministrator")
	line("[CmdletBinding(SupportsShouldProcess = $true)]\nparam(")
	types := map[string]string{"text": "[string]", "secret": "[Security.SecureString]", "credential": "[Management.Automation.PSCredential]"}
	var parameters []string
	for _, q := range asks {
		parameters = append(parameters, fmt.Sprintf("    # %s\n    [Parameter(Mandatory = $true)]\n    %s $%s", q.Help, types[q.Kind], q.Name))
	}
	if len(parameters) > 0 {
		line("%s", strings.Join(parameters, ",\n"))
	}
	line(")\nSet-StrictMode -Version 2.0\n$ErrorActionPreference = 'Stop'")
	for _, name := range used {
		line("\n%s", functions[name])
	}
	line("\nAssert-Computer -Name %s", verbatim(s.Server))
	if exchanges {
		line("%s = Resolve-ExchangeFolder -Folder %[1]s", answer(exchange))
	}
	for _, text := range calls {
		fmt.Fprintf(&b, "\n%s", text)
	}
	return b.String()
}

// call is what the script calls for a change. A restart is done again when what is read at it has been taken back.
func (c Change) call(undo bool) (title string, is call) {
	if undo && !c.action.repeats {
		return "take back: " + c.Title, c.action.back(c.parameters)
	}
	return c.Title, c.action.call(c.parameters)
}

// text is the call. Each argument has a line of its own, for a reader to compare.
func (c call) text(title string) string {
	parts := []string{c.function + " -Title " + string(verbatim(title))}
	for _, a := range c.arguments {
		parts = append(parts, "    -"+a.name+" "+string(a.value))
	}
	return strings.Join(parts, " `\n") + "\n"
}

// asks says whether the call has the answer to a question among its arguments.
func (c call) asks(q Question) bool {
	return slices.ContainsFunc(c.arguments, func(a argument) bool { return strings.Contains(string(a.value), string(answer(q))) })
}
