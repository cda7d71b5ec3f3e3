package sqlserver

import (
	"regexp"
	"strings"

	"ssisaudit/collectors/secret"
)

// A connection string that lacks a semicolon or a quote has its password inside another value, such as
// "User Id=sa Password=x". So a value is shown only where it has the form that such a value has.
var (
	// serverForm is [protocol:]host[\instance][,port], or a slip in it that is worth showing, such as host:port.
	serverForm = regexp.MustCompile(`^\s*[\p{L}\p{N}._:\\/()\[\]$-]*(\s*,\s*[0-9]{1,5})?\s*$`)
	// userForm is ##login## or [domain\]name[@domain].
	userForm     = regexp.MustCompile(`^(##[\p{L}\p{N}._-]*##|[\p{L}\p{N}._\\@$-]*)$`)
	databaseForm = regexp.MustCompile(`^[\p{L}\p{N}._$-]*$`)
)

// maxShown is how many bytes may be shown: a name in SQL Server has 128 characters at most.
const maxShown = 512

func shownServer(text string) string   { return shown(text, serverForm) }
func shownUser(text string) string     { return shown(text, userForm) }
func shownDatabase(text string) string { return shown(text, databaseForm) }

// shown is text, or secret.NotAName where it does not have the form, or looks as if a password were in it.
func shown(text string, form *regexp.Regexp) string {
	lower := strings.ToLower(text)
	password := strings.Contains(lower, "password") || strings.Contains(lower, "pwd")
	if len(text) > maxShown || password || !form.MatchString(text) {
		return secret.NotAName
	}
	return secret.Name(text)
}
