package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
)

// Compile plans the query for the rule at a path such as "package/rule", which is also the plan's name. The modules are
// named by their files. The result is for New.
func Compile(ctx context.Context, modules map[string]*ast.Module, path string, c *ast.Capabilities) ([]byte, error) {
	b := &bundle.Bundle{}
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		b.Modules = append(b.Modules, bundle.ModuleFile{URL: name, Path: name, Parsed: modules[name].Copy()})
	}
	compiler := compile.New().
		WithBundle(b).
		WithCapabilities(c).
		WithRegoVersion(ast.RegoV1).
		WithTarget(compile.TargetPlan).
		WithPlanFormat(compile.PlanFormatProto).
		WithEntrypoints(path).
		WithPruneUnused(true)
	if err := compiler.Build(ctx); err != nil {
		return nil, fmt.Errorf("planning %s: %w", strings.ReplaceAll(path, "/", "."), err)
	}
	return compiler.Bundle().PlanModules[0].Raw, nil
}
