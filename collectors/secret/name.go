package secret

import "strings"

// NotAName stands for a text that Name does not show.
const NotAName = "[not shown: more than a name]"

// Name returns what may be shown of a text that should be the name of a server, a user or a thumbprint: the text itself,
// or NotAName where it may be a connection string (it has '=' or ';') or a URL with a user's name and password (it has
// "://" and, behind that, '@'), for either may hold a password.
func Name(text string) string {
	_, authority, isURL := strings.Cut(text, "://")
	if strings.ContainsAny(text, "=;") || isURL && strings.Contains(authority, "@") {
		return NotAName
	}
	return text
}

// Address is Name for a text in which no user should be: the address of a server, or any other setting.
func Address(text string) string {
	if strings.Contains(text, "@") {
		return NotAName
	}
	return Name(text)
}
