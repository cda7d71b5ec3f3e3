package policies_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"pgregory.net/rapid"
)

var libraryQueries sync.Map // call -> rego.PreparedEvalQuery

// library calls a function of policies/ssisha/lib, such as "hosts.same", with texts. The answer is nil where it is undefined;
// no text may make it an error.
func library(t rapid.TB, function string, arguments ...string) any {
	t.Helper()
	inputs := make([]any, len(arguments))
	terms := make([]string, len(arguments))
	for i, a := range arguments {
		inputs[i], terms[i] = strings.ToValidUTF8(a, "\uFFFD"), fmt.Sprintf("input[%d]", i)
	}
	call := fmt.Sprintf("answer := data.ssisha.lib.%s(%s)", function, strings.Join(terms, ", "))
	known, ok := libraryQueries.Load(call)
	if !ok {
		tests := func(path string, _ fs.FileInfo, _ int) bool { return strings.HasSuffix(path, "_test.rego") }
		query, err := rego.New(rego.Load([]string{"ssisha/lib"}, tests), rego.Query(call), rego.StrictBuiltinErrors(true)).
			PrepareForEval(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		known, _ = libraryQueries.LoadOrStore(call, query)
	}
	query := known.(rego.PreparedEvalQuery)
	results, err := query.Eval(context.Background(), rego.EvalInput(inputs))
	if err != nil {
		t.Fatalf("%s%q: %v", function, arguments, err)
	}
	if len(results) == 0 {
		return nil
	}
	return results[0].Bindings["answer"]
}

// answers expects what a function that compares two texts says of them, in either order; want is true, false, or nil for
// what cannot be known.
func answers(t rapid.TB, want any, function, a, b string, more ...string) {
	t.Helper()
	for _, pair := range [][]string{{a, b}, {b, a}} {
		if got := library(t, function, append(pair, more...)...); got != want {
			t.Fatalf("%s%q: %v, want %v", function, append(pair, more...), got, want)
		}
	}
}

// Generators of names and of what people make of them.

// label is one of a DNS name's.
func label(max int) *rapid.Generator[string] {
	return rapid.StringMatching(fmt.Sprintf(`[a-z][a-z0-9-]{0,%d}[a-z0-9]`, max-2))
}

// dnsName is a name of two or three labels.
func dnsName() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(label(8), 2, 3).Draw(t, "labels"), ".")
	})
}

// other is a value of the generator that is not this one.
func other(t *rapid.T, of *rapid.Generator[string], than ...string) string {
	return of.Filter(func(s string) bool {
		for _, x := range than {
			if s == x {
				return false
			}
		}
		return true
	}).Draw(t, "other")
}

// anyCase writes some of the letters in upper case.
func anyCase(t *rapid.T, s string) string {
	upper := rapid.SliceOfN(rapid.Bool(), len(s), len(s)).Draw(t, "upper")
	var b strings.Builder
	for i, r := range s {
		if upper[i] {
			b.WriteString(strings.ToUpper(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func blanks(t *rapid.T) string { return rapid.StringMatching(`[ \t\r\n]{0,2}`).Draw(t, "blanks") }

func zeros(t *rapid.T) string { return rapid.StringMatching(`0{0,2}`).Draw(t, "zeros") }

// damaged is the text with one thing inserted, replaced or taken away.
func damaged(t *rapid.T, s string) string {
	runes := []rune(s)
	i := rapid.IntRange(0, len(runes)).Draw(t, "at")
	part := string(rapid.SampledFrom([]rune("a0k.,:;\\/@-_ \t#?%[]'\"\u00a0\u200e\u200b\u0130\u0131\u212a\uff10\u0430\x00")).Draw(t, "part"))
	switch n := rapid.IntRange(0, 2).Draw(t, "how"); {
	case n == 0 || i == len(runes):
		return string(runes[:i]) + part + string(runes[i:])
	case n == 1:
		return string(runes[:i]) + part + string(runes[i+1:])
	default:
		return string(runes[:i]) + string(runes[i+1:])
	}
}

// anything is any text, and the kind of text that parsers stumble over.
func anything() *rapid.Generator[string] {
	authority := rapid.SampledFrom([]string{"", ".", "localhost", "BUILTIN", "builtin.com", "NT Authority", "nt authority.com", "a", "a.b"})
	account := rapid.Custom(func(t *rapid.T) string {
		of := authority.Draw(t, "authority")
		return rapid.SampledFrom([]string{of + `\x`, "x@" + of, of + `\system`, of}).Draw(t, "account")
	})
	return rapid.OneOf(account, account, rapid.String(), rapid.StringMatching(`[a.0 @\\/:,;\[\]-]{0,12}`),
		rapid.SampledFrom([]string{"", " ", ".", "..", `\`, `.\`, "@", "a@b.c", `a\b@c.d`, "tcp:", ",", ",0", "https://", "localhost",
			"99999999999999999999999999", "-1", "1e999", "NaN", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "\u200e", "\u0130"}))
}

func TestAnyTextHasAnAnswer(t *testing.T) {
	for _, function := range []string{"hosts.same", "servers.same", "urls.same", "accounts.same", "accounts.kind",
		"thumbprints.clean", "versions.canonical", "times.seconds", "accounts.netbios", "urls.parse", "servers.parse"} {
		t.Run(function, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				a, b, domain := anything().Draw(rt, "a"), anything().Draw(rt, "b"), anything().Draw(rt, "domain")
				switch function {
				case "hosts.same", "servers.same", "urls.same":
					answers(rt, library(rt, function, a, b, domain), function, a, b, domain) // in either order
					answers(rt, true, function, a, a, domain)
				case "accounts.same":
					answers(rt, library(rt, function, a, b), function, a, b)
					answers(rt, true, function, a, a)
				case "accounts.kind":
					library(rt, function, a, b)
				default:
					library(rt, function, a)
				}
			})
		})
	}
}
