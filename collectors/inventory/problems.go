package inventory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxProblems bounds how many problems one error shows.
const maxProblems = 50

// Problem is one thing that is wrong with an inventory.
type Problem struct {
	File string
	// Line counts from 1.
	Line int
	// Path names the place in the document, for example deployments[0].listener.port; empty for the whole of it.
	Path string
	// Message says what is wrong and what is accepted. It never holds a secret.
	Message string
}

// Error gives file, line, path and message.
func (p Problem) Error() string {
	if p.Path == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Path, p.Message)
}

// Problems is everything that is wrong with an inventory, by line.
type Problems []Problem

// Error gives one problem a line.
func (ps Problems) Error() string {
	var lines []string
	for i, p := range ps {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("%s: and %d more", p.File, len(ps)-i))
			break
		}
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// sorted puts problems in the order of the file and drops repetitions.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Path, b.Path)
	})
	return slices.Compact(ps)
}

// path is a place in the document: keys and array indices.
type path []string

// at appends to a path without sharing memory with it.
func (p path) at(more ...any) path {
	longer := slices.Clip(p)
	for _, m := range more {
		longer = append(longer, fmt.Sprint(m))
	}
	return longer
}

// String gives deployments[0].listener.port. It leaves out what may be a secret in the wrong place, as in
// credentials: {dba: {password:hunter2}}, where YAML takes "password:hunter2" for a key.
func (p path) String() string {
	var b strings.Builder
	for i, key := range p {
		if i > 0 && p[0] == "credentials" && (!plain(key) || i > 1 && !slices.Contains(credentialKeys, key)) {
			break
		}
		if _, err := strconv.Atoi(key); err == nil && i > 0 && p[0] != "credentials" {
			b.WriteString("[" + key + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		if plain(key) {
			b.WriteString(key)
		} else {
			b.WriteString(quote(key))
		}
	}
	return b.String()
}

// credentialKeys are the keys below a credential.
var credentialKeys = []string{
	"user", "password", "integrated", "kerberos", // of a credential
	"env", "file", "prompt", // of a password
	"config", "realm", "keytab", "cache", // of Kerberos
}

// secret says whether what is written at p may be a secret in the wrong place, so that no message may repeat it.
func (p path) secret() bool { return len(p) > 0 && p[0] == "credentials" }

// plain says whether a key is short and made of ASCII letters, digits, _ and -.
func plain(key string) bool {
	for _, r := range key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && r != '_' && r != '-' {
			return false
		}
	}
	return len(key) > 0 && len(key) <= 64
}

// quote shows what the user wrote, shortened, unless it looks like a connection string with a password in it.
func quote(s string) string {
	low := strings.ToLower(s)
	if strings.Contains(low, "password") || strings.Contains(low, "pwd") {
		return "the value"
	}
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "..."
	}
	return strconv.Quote(s)
}

// nearest returns the accepted word that s is most probably meant to be, and false when none is near.
func nearest(s string, accepted []string) (string, bool) {
	if len(s) > 64 {
		return "", false
	}
	best, distance := "", len(s)/3+2
	for _, a := range accepted {
		d := levenshtein.ComputeDistance(strings.ToLower(s), strings.ToLower(a))
		if d < distance {
			best, distance = a, d
		}
	}
	return best, best != ""
}

// oneOf writes "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
