package policies

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A policySet is the modules that belong together, and the rules that were found in them.
type policySet struct {
	modules   []module
	rules     []Rule
	needs     map[string][]need // by rule id
	packages  map[string]module // the modules of the rules, by rule id
	aggregate *aggregate
}

// load reads the shipped modules and those of the users' folders, and holds their rules against the contract. With tests,
// the users' tests are among the modules, and what the shipped tests are made of.
func load(folders []string, tests bool) (*policySet, error) {
	modules, err := readShipped(tests)
	if err != nil {
		return nil, fmt.Errorf("loading the policies:\n%w", err)
	}
	own, problems := readOwn(folders, tests)
	set := &policySet{needs: map[string][]need{}, packages: map[string]module{}, aggregate: newAggregate()}
	set.modules = modules
	for _, m := range own {
		if err := checkReserved(m); err != nil {
			problems = append(problems, err)
			continue
		}
		set.modules = append(set.modules, m)
	}
	complete := len(problems) == 0
	for _, m := range set.modules {
		if m.own != nil {
			problems = append(problems, checkOwn(m)...)
		}
	}
	problems = append(problems, set.readRules()...)
	if len(problems) == 0 {
		return set, nil
	}
	// What the compiler finds is told too, unless it may come from the modules that are left out.
	if complete {
		if _, err := compile(set.modules); err != nil {
			problems = append(problems, err)
		}
	}
	return nil, fmt.Errorf("loading the policies:\n%w", errors.Join(problems...))
}

// readOwn reads the users' folders. Each has at least one rule.
func readOwn(folders []string, tests bool) (modules []module, problems []error) {
	for i, typed := range folders {
		if slices.Contains(folders[:i], typed) {
			problems = append(problems, fmt.Errorf("the folder of rules %s is named twice; name it once", typed))
			continue
		}
		folder, err := openOwn(typed)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		found, wrong := folder.read(tests)
		folder.close()
		isRule := func(m module) bool { return !m.isTest() && slices.Contains(m.names(), "checks") }
		if len(wrong) == 0 && !slices.ContainsFunc(found, isRule) {
			wrong = append(wrong, fmt.Errorf("%s: there is no rule in it (a file <rule>/<rule>.rego that defines checks); "+
				"ssisaudit policy new writes a first one", typed))
		}
		modules, problems = append(modules, found...), append(problems, wrong...)
	}
	return modules, problems
}

// readRules reads the catalogue entry of every module that defines checks; the others are libraries.
func (s *policySet) readRules() (problems []error) {
	defined := map[string][]string{} // names by package: what a rule says may be in several files
	for _, m := range s.modules {
		defined[m.pkg()] = append(defined[m.pkg()], m.names()...)
	}
	inPackage := map[string]Rule{}
	for _, m := range s.modules {
		if m.isTest() || !slices.Contains(m.names(), "checks") {
			continue
		}
		rule, wrong := readRule(m.Module)
		other, taken := s.packages[rule.ID]
		switch prefix, _, _ := strings.Cut(rule.ID, "-"); {
		case m.own != nil && prefix == shippedPrefix:
			wrong = append(wrong, fmt.Errorf("%s: the prefix %s is that of the shipped rules; give the id %s another one",
				rule.Location, shippedPrefix, rule.ID))
		case taken:
			wrong = append(wrong, fmt.Errorf("%s: the id %s is also that of %s; give one of them another id",
				rule.Location, rule.ID, position(other.Package.Location)))
		}
		if first, taken := inPackage[m.pkg()]; taken {
			wrong = append(wrong, fmt.Errorf("%s: the package is also that of the rule in %s; give each rule its own",
				position(m.Package.Location), first.Location))
		}
		inPackage[m.pkg()] = rule
		if rule.ID != "" && !taken {
			s.packages[rule.ID] = m
		}
		wrong = append(wrong, checkExpectations(m, rule, defined[expectationPackage])...)
		if len(wrong) > 0 {
			problems = append(problems, wrong...)
			continue
		}
		s.rules = append(s.rules, rule)
		for _, text := range rule.Needs {
			n, _ := parseNeed(text) // readRule has parsed it
			s.needs[rule.ID] = append(s.needs[rule.ID], n)
		}
		s.aggregate.add(rule.ID, m.pkg(), defined[m.pkg()])
	}
	slices.SortFunc(s.rules, byNumber)
	if len(problems) == 0 {
		problems = s.checkFollows()
	}
	return problems
}

// checkExpectations makes sure that the expected values that a rule needs are defined.
func checkExpectations(m module, rule Rule, defined []string) (problems []error) {
	a := annotated{module: m.Module, meta: packageAnnotation(m.Module)}
	for _, text := range rule.Needs {
		n, err := parseNeed(text)
		if name, ok := n.expectation(); err == nil && ok && !slices.Contains(defined, name) {
			a.fail(text, "custom.needs: package ssisha.expected does not define %s", name)
		}
	}
	return a.problems
}

func newModule(file string, m *ast.Module) module { return module{Module: m, file: file} }

func byFile(modules []module) map[string]*ast.Module {
	files := make(map[string]*ast.Module, len(modules))
	for _, m := range modules {
		files[m.file] = m.Module
	}
	return files
}
