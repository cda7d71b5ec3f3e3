package remediation

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ssisaudit/policies"
)

const sid, guid = "8E2F4B6A1C3D5E7F9A0B1C2D3E4F5A6B", "6E0B9C41-52D7-4A3E-8F16-9D2C7B5A4E03"

// samples are actions with values that mark their places.
var samples = []policies.Remediation{
	{Action: "create-login", Target: "SQLB", Parameters: map[string]string{"login": `CONTOSO\marked`}},
	{Action: "enable-login", Target: "SQLB", Parameters: map[string]string{"login": "marked", "sid": sid}},
	{Action: "create-logging-login", Target: "SQLB", Parameters: map[string]string{"login": "marked", "sid": sid}},
	{Action: "enable-clr", Target: "SQLB", Parameters: map[string]string{"enabled": "false", "configured": "false"}},
	{Action: "store-master-key-password", Target: "SQLB", Parameters: map[string]string{"family": guid}},
	{Action: "grant-ssis-admin", Target: "SSISDB", Parameters: map[string]string{
		"login": `CONTOSO\marked`, "sid": sid, "user": "", "namesakes": ""}},
	{Action: "grant-ssis-admin", Target: "SSISDB", Parameters: map[string]string{
		"login": `CONTOSO\svc`, "sid": sid, "user": "marked", "namesakes": ""}},
	{Action: "repair-logging-user", Target: "SSISDB", Parameters: map[string]string{
		"login": "login", "sid": sid, "user": "", "orphan": "marked"}},
	{Action: "repair-logging-user", Target: "SSISDB", Parameters: map[string]string{
		"login": "login", "sid": sid, "user": "marked", "orphan": ""}},
	{Action: "repair-logging-user", Target: "SSISDB", Parameters: map[string]string{
		"login": "marked", "sid": sid, "user": "", "orphan": ""}},
	{Action: "set-master-address", Target: "SSISDB", Parameters: map[string]string{
		"address": "https://ssis-master.contoso.com:8391", "audited": "https://marked"}},
	{Action: "update-logdb-info", Target: "SSISDB", Parameters: map[string]string{"authentication": "login", "server": "agl,1433",
		"audited": "marked", "source": "", "multi_subnet": "true", "had_multi_subnet": "true", "encrypt": "True", "trust": "false",
		"other_options": "false", "lost": ""}},
	{Action: "update-logdb-info", Target: "SSISDB", Parameters: map[string]string{"authentication": "login", "server": "agl,1433",
		"audited": "SQLA", "source": "marked", "multi_subnet": "false", "had_multi_subnet": "false", "encrypt": "", "trust": "true",
		"other_options": "false", "lost": "it had another user"}},
	{Action: "update-logdb-info", Target: "SSISDB", Parameters: map[string]string{"authentication": "login", "server": "agl,1433",
		"audited": "SQLA", "source": "SQLA,1433", "multi_subnet": "true", "had_multi_subnet": "false", "encrypt": "", "trust": "true",
		"other_options": "false", "lost": ""}},
	{Action: "enable-worker", Target: "SSISDB", Parameters: map[string]string{"worker": guid, "state": "not enabled"}},
	{Action: "set-master-setting", Target: "SQLB", Parameters: map[string]string{"path": `C:\Program Files\MasterSettings.config`,
		"format": "json", "key": "SqlServerName", "value": "agl,1433", "audited": "marked"}},
	{Action: "set-master-setting", Target: "SQLB", Parameters: map[string]string{"path": `C:\marked\MasterSettings.config`,
		"format": "xml", "key": "SSLCertThumbprint", "value": pendingThumbprint(masterFile), "audited": ""}},
	{Action: "restart-master-role", Target: "failover cluster", Parameters: map[string]string{"resource": "marked"}},
}

func TestEveryActionHasASample(t *testing.T) {
	sampled := map[string]bool{}
	for _, s := range samples {
		if _, err := find(s); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
		sampled[s.Action] = true
	}
	for _, a := range actions {
		if !sampled[a.name] {
			t.Errorf("%s has none", a.name)
		}
	}
}

func TestEveryActionIsInTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/remediation.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		if !strings.Contains(string(page), "`"+a.name+"`") {
			t.Errorf("docs/remediation.md does not say what %s does", a.name)
		}
	}
}

// scriptOf is an action's script and its undo.
func scriptOf(r policies.Remediation, server string) (do, undo string, err error) {
	a, err := find(r)
	if err != nil {
		return "", "", err
	}
	s := Script{Language: "tsql", Server: server, File: "1-SQLB.sql", Changes: []Change{{Title: a.title(r.Parameters), action: a, parameters: r.Parameters}}}
	if a.onMachine() {
		s.Language = "powershell"
	}
	if a.asks != nil {
		s.Asks = a.asks(r.Parameters)
	}
	return s.text(false), s.text(true), nil
}

// reader is what reads the scripts that an action is in.
func reader(r policies.Remediation) func(string) ([]token, error) {
	if a, err := find(r); err == nil && a.onMachine() {
		return lexPowerShell
	}
	return read
}

// holds says how a script with a value in the place of another one differs in anything but that value; nil where the value
// is refused.
func holds(r policies.Remediation, parameter, value string) error {
	const server = "server-of-the-sample"
	if value == "" { // which says that there is none, and so asks for something else
		return nil
	}
	before := r.Parameters[parameter]
	base, undo, err := scriptOf(r, server)
	if err != nil {
		return err
	}
	changed := r
	changed.Parameters = maps.Clone(r.Parameters)
	on := server
	if parameter == "(server)" {
		if name(value) != nil {
			return nil
		}
		before, on = server, value
	} else {
		changed.Parameters[parameter] = value
	}
	script, changedUndo, err := scriptOf(changed, on)
	if err != nil {
		return nil
	}
	want, err := reader(r)(base + undo)
	if err != nil {
		return err
	}
	got, err := reader(r)(script + changedUndo)
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d tokens instead of %d", len(got), len(want))
	}
	for i, w := range want {
		if w.kind == "comment" && parameter == "(server)" || w.kind == "string" || w.kind == "identifier" || w.kind == "word" && before == sid {
			w.text = strings.ReplaceAll(w.text, before, value)
		}
		if got[i] != w {
			return fmt.Errorf("%q instead of %q", got[i], w)
		}
	}
	return nil
}

// marked is the parameter of a sample that is free text, "" where there is none.
func marked(r policies.Remediation) string {
	for p, value := range r.Parameters {
		if strings.Contains(value, "marked") {
			return p
		}
	}
	return "(server)"
}

// nasty are texts made of what means something to sqlcmd, to T-SQL, or to people who read.
var nasty = rapid.Custom(func(t *rapid.T) string {
	parts := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{"$(", "$", "(", ")", "$(DryRun)", "'", "''", "]", "[", "N'", "\nGO\n", "\r\n", "GO", ":setvar x", "!!",
			"--", "/*", "*/", ";", `"`, "\u202e", "\u200b", "\u2028", "\x00", " ", "+", "\\", `CONTOSO\`, "DROP LOGIN [sa]", "ü", "\u2019", "\xff"}),
		rapid.String()), 1, 8).Draw(t, "parts")
	return strings.Join(parts, "")
})

// places are where a sample's values are: its free text, the server's name, and what is checked more narrowly.
func places(r policies.Remediation) []string {
	narrow := slices.DeleteFunc(slices.Sorted(maps.Keys(r.Parameters)), func(p string) bool { return p == marked(r) })
	return append([]string{marked(r), "(server)"}, narrow...)
}

// staysTheSame holds a script against a value: free text changes nothing in it but itself, and what else means something
// anywhere stands in a string, an identifier or a comment, to its end.
func staysTheSame(t interface{ Errorf(string, ...any) }, r policies.Remediation, place, value string) {
	check := holds
	if place != marked(r) && place != "(server)" {
		if !strings.ContainsFunc(value, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
			return
		}
		check = enclosed
	}
	if err := check(r, place, value); err != nil {
		t.Errorf("%s with the %s %q: %v", r.Action, place, value, err)
	}
}

// enclosed says where the end of a value is code; nil where the value is refused.
func enclosed(r policies.Remediation, parameter, value string) error {
	const end = "TheEnd"
	r.Parameters = maps.Clone(r.Parameters)
	r.Parameters[parameter] = value + end
	do, undo, err := scriptOf(r, "server-of-the-sample")
	if err != nil {
		return nil
	}
	tokens, err := reader(r)(do + undo)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		if strings.Contains(token.text, end) && !slices.Contains([]string{"string", "identifier", "comment"}, token.kind) {
			return fmt.Errorf("%q is code", token)
		}
	}
	return nil
}

func TestWhateverTheValueTheScriptStaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := nasty.Draw(t, "value")
		r := rapid.SampledFrom(samples).Draw(t, "sample")
		place := rapid.SampledFrom(places(r)).Draw(t, "place")
		if rapid.Bool().Draw(t, "as an account") {
			value = `CONTOSO\` + strings.ReplaceAll(value, `\`, "")
		}
		staysTheSame(t, r, place, value)
	})
}

func FuzzValues(f *testing.F) {
	for i, seed := range []string{"svc", `CONTOSO\svc-ssis$`, "O'Brien", "a]b", "$(DryRun)", "x\nGO\nDROP LOGIN [sa]", "':!!\u202e", "$'(", "$$((a)"} {
		for sample := range samples {
			f.Add(seed, byte(sample), byte(i))
		}
	}
	f.Fuzz(func(t *testing.T, value string, sample, place byte) {
		r := samples[int(sample)%len(samples)]
		staysTheSame(t, r, places(r)[int(place)%len(places(r))], value)
	})
}

// What is refused, and what is not: a check that refused everything would hold, too.
func TestValuesThatNoScriptIsWrittenWith(t *testing.T) {
	for value, ok := range map[string]bool{
		`CONTOSO\svc-ssis$`: true, `CONTOSO\O'Brien]`: true, `CONTOSO\Jürgen GO`: true,
		"": false, "svc": false, "svc@contoso.com": false, `CONTOSO\a\b`: false, `CONTOSO\` + strings.Repeat("x", 121): false,
		"CONTOSO\\a\nGO": false, "CONTOSO\\a\u202e": false, "CONTOSO\\a\u200b": false, "CONTOSO\\a\x00": false, "CONTOSO\\a\xff": false,
		`CONTOSO\$(a`: false, `CONTOSO\a `: false, "CONTOSO\\a\u2028b": false,
	} {
		_, err := find(policies.Remediation{Action: "create-login", Target: "SQLB", Parameters: map[string]string{"login": value}})
		if (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestWhatStandsForSomethingToComeIsNotShown(t *testing.T) {
	for text, want := range map[string]string{
		pendingThumbprint(masterFile) + " in Root":           "(not known yet) in Root",
		"a user with SID 0x" + pendingSIDOf(`CONTOSO\svc`):   "a user with SID (not known yet)",
		"70F1B59AD5EE6D41220BE3C866F72B95F22500FC from ROOT": "70F1B59AD5EE6D41220BE3C866F72B95F22500FC from ROOT",
	} {
		if got := foretold(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestSqlcmdExpandsNothingInALiteral(t *testing.T) {
	if got, want := literal("a$(b)'$$((c"), "N'a$' + N'(b)''$$' + N'((c'"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A rule of somebody's own may ask for anything.
func TestWhatARuleAsksForInAnotherFormIsRefused(t *testing.T) {
	for want, r := range map[string]policies.Remediation{
		"there is no script": {Action: "format-disk", Target: "SQLB"},
		"takes 2 parameters": {Action: "enable-clr", Target: "SQLB"},
		"does not give the parameter": {Action: "enable-clr", Target: "SQLB",
			Parameters: map[string]string{"enabled": "true", "configure": "true"}},
		"is not one SID": {Action: "enable-login", Target: "SQLB", Parameters: map[string]string{"login": "a", "sid": "0x1 OR 1=1"}},
		"whose it is must be found out": {Action: "grant-ssis-admin", Target: "SSISDB", Parameters: map[string]string{
			"login": `CONTOSO\svc`, "sid": sid, "user": "", "namesakes": "x"}},
		"it is enabled": {Action: "enable-worker", Target: "SSISDB", Parameters: map[string]string{"worker": guid, "state": "last online"}},
	} {
		if _, err := find(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", r, err, want)
		}
	}
}
