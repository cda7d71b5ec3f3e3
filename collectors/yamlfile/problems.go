package yamlfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxProblems bounds how many problems one error shows.
const maxProblems = 50

// Problem is one thing that is wrong with a file.
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

// Problems is everything that is wrong with a file, by line.
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

// Path is a place in the document: keys and array indices.
type Path []string

// At appends to a path without sharing memory with it.
func (p Path) At(more ...any) Path {
	longer := slices.Clip(p)
	for _, m := range more {
		longer = append(longer, fmt.Sprint(m))
	}
	return longer
}

// place gives deployments[0].listener.port. It leaves out what may be a secret in the wrong place, as in
// credentials: {dba: {password:hunter2}}, where YAML takes "password:hunter2" for a key.
func (f *Form) place(p Path) string {
	var b strings.Builder
	for i, key := range p {
		if i > 0 && f.secret(p) && (!Plain(key) || i > 1 && !slices.Contains(f.SecretKeys, key)) {
			break
		}
		if _, err := strconv.Atoi(key); err == nil && i > 0 && !f.secret(p) {
			b.WriteString("[" + key + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		if Plain(key) {
			b.WriteString(key)
		} else {
			b.WriteString(Quote(key))
		}
	}
	return b.String()
}

// secret says whether what is written at p may be a secret in the wrong place, so that no message may repeat it.
func (f *Form) secret(p Path) bool { return f.Secrets != "" && len(p) > 0 && p[0] == f.Secrets }

// Plain says whether a key is short and made of ASCII letters, digits, _ and -.
func Plain(key string) bool {
	for _, r := range key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && r != '_' && r != '-' {
			return false
		}
	}
	return len(key) > 0 && len(key) <= 64
}

// Quote shows what the user wrote, shortened, unless it looks like a connection string with a password in it.
func Quote(s string) string {
	low := strings.ToLower(s)
	if strings.Contains(low, "password") || strings.Contains(low, "pwd") {
		return "the value"
	}
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "..."
	}
	return strconv.Quote(s)
}

// Nearest returns the accepted word that s is most probably meant to be, and false when none is near.
func Nearest(s string, accepted []string) (string, bool) {
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

// OneOf writes "a, b or c".
func OneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
