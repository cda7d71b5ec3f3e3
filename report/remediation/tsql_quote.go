package remediation

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"ssisaudit/collectors/secret"
	"ssisaudit/report"
)

// Values of audited systems get into a script through a check and then through literal, identifier or hexadecimal, and in
// no other way; but for a port and the modes of a replica, whose checks leave digits and keywords. sqlcmd reads a script before the server does: it expands $(name) everywhere, in strings and comments too,
// and takes lines that begin with GO, : or !! for its own. No value can begin a line, for none has a line break.

// maxName is how many characters a name in SQL Server may have; QUOTENAME and CREATE LOGIN take no more.
const maxName = 128

// maxText is how many characters a parameter of the catalog's procedures may have.
const maxText = 4000

// text refuses what a person who reads the script could not see, or would see as something else.
func text(value string) error {
	switch {
	case utf8.RuneCountInString(value) > maxText:
		return fmt.Errorf("it has more than %d characters", maxText)
	case strings.ContainsAny(value, "\r\n") || report.Visible(value) != value:
		return errors.New("it has a line break, or characters that cannot be seen")
	case strings.TrimSpace(value) != value:
		return errors.New("it begins or ends with a blank")
	case value == secret.NotAName:
		return errors.New("it was not kept, for there may be a password in it")
	}
	return nil
}

// name is for what becomes an identifier. Between brackets there is no way to keep sqlcmd from expanding $(name).
func name(value string) error {
	switch {
	case value == "":
		return errors.New("it is not known")
	case utf8.RuneCountInString(value) > maxName:
		return fmt.Errorf("it has more than %d characters", maxName)
	case strings.Contains(value, "$("):
		return errors.New("sqlcmd would take $( in it for a variable")
	}
	return text(value)
}

// windowsName is for names of Windows logins.
func windowsName(value string) error {
	if !windowsForm.MatchString(value) {
		return errors.New(`it is no name of the form DOMAIN\account`)
	}
	return name(value)
}

var (
	windowsForm = regexp.MustCompile(`^[^\\@]+\\[^\\@]+$`)
	sidForm     = regexp.MustCompile(`^([0-9A-F]{2}){1,85}$`)
	newSIDForm  = regexp.MustCompile(`^[0-9A-F]{32}$`)
	guidForm    = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	serverForm  = regexp.MustCompile(`^[A-Za-z0-9._\\-]{1,255}(,[0-9]{1,5})?$`)
	keywordForm = regexp.MustCompile(`^[A-Za-z]{0,16}$`)
	urlForm     = regexp.MustCompile(`^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:[0-9]{1,5}$`)
)

// form is a check by a regular expression.
func form(what string, e *regexp.Regexp) func(string) error {
	return func(value string) error {
		if !e.MatchString(value) {
			return fmt.Errorf("it is not %s", what)
		}
		return nil
	}
}

// every is a check that all of them hold.
func every(checks ...func(string) error) func(string) error {
	return func(value string) error {
		for _, check := range checks {
			if err := check(value); err != nil {
				return err
			}
		}
		return nil
	}
}

// only is a check that there is one value.
func only(want, otherwise string) func(string) error {
	return func(value string) error {
		if value != want {
			return errors.New(otherwise)
		}
		return nil
	}
}

func truth(value string) error {
	if value != "true" && value != "false" {
		return errors.New("it is neither true nor false")
	}
	return nil
}

// literal makes a text an expression of T-SQL strings. A $( is broken up, for sqlcmd would expand it.
func literal(value string) string {
	return "N'" + strings.ReplaceAll(strings.ReplaceAll(value, "'", "''"), "$(", "$' + N'(") + "'"
}

// identifier makes a text that passed the check name a T-SQL identifier.
func identifier(value string) string { return "[" + strings.ReplaceAll(value, "]", "]]") + "]" }

// hexadecimal makes a SID that was checked a T-SQL constant.
func hexadecimal(value string) string { return "0x" + value }

// variable is the value of a sqlcmd variable, as a T-SQL string. Whoever sets it doubles the quotes in it.
func variable(name string) string { return "N'$(" + name + ")'" }

// given is true where what holds a sqlcmd variable has a value. Of one that is not set, the sqlcmd of ODBC makes an error; the
// one in Go leaves $(name) as it is.
func given(local string, q Question) string {
	return local + " NOT IN (N'', " + literal("$("+q.Name+")") + ")"
}
