package policies

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// pureCapabilities are OPA's without every built-in whose result depends on anything but its arguments: no network, no
// clock, no randomness, no environment. Time comes from the facts document, so that a replay gives the same result.
func pureCapabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		return b.IsNondeterministic() || impure(b.Name)
	})
	c.AllowNet = []string{}
	return c
}

// impure names the built-ins that OPA does not mark as nondeterministic, although they read a clock or fetch schemas.
func impure(name string) bool {
	return strings.HasPrefix(name, "io.jwt.") || strings.HasPrefix(name, "json.match_schema") ||
		strings.HasPrefix(name, "json.verify_schema") || name == "graphql.schema_is_valid"
}
