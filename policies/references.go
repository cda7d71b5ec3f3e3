package policies

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkReferences refuses references to rules that do not exist. OPA takes such a reference for data that is loaded later,
// but there is none here: it would be undefined for ever, and a "not" before it true.
func checkReferences(c *ast.Compiler) error {
	var problems []error
	told := map[string]bool{}
	for _, file := range sortedKeys(c.Modules) {
		ast.WalkRefs(c.Modules[file], func(ref ast.Ref) bool {
			if name, ok := undefinedReference(c.RuleTree, ref); ok && ref[0].Location != nil {
				problem := fmt.Sprintf("%s: there is no %s", position(ref[0].Location), name)
				if !told[problem] {
					told[problem] = true
					problems = append(problems, errors.New(problem))
				}
			}
			return false
		})
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

// undefinedReference walks the tree of rules along a reference, until a rule or a variable decides the rest.
func undefinedReference(node *ast.TreeNode, ref ast.Ref) (name string, undefined bool) {
	if !ref.HasPrefix(ast.DefaultRootRef) {
		return "", false
	}
	for i, term := range ref {
		if i > 0 && !term.IsGround() {
			return "", false
		}
		if node = node.Child(term.Value); node == nil {
			return ref[:i+1].String(), true
		}
		if len(node.Values) > 0 {
			return "", false
		}
	}
	return "", false
}
