package policies

import (
	"fmt"
	"slices"
	"strings"
)

// traceCauses gives each deviation those that may be its cause: of the rules that its own follows, about the same subject
// where both are about subjects of one kind.
func traceCauses(rules []Rule, findings []Finding) {
	failed := map[string][]int{} // findings by rule
	for i := range findings {
		if findings[i].Outcome == Fail {
			failed[findings[i].Rule] = append(failed[findings[i].Rule], i)
		}
	}
	subject := map[string]string{}
	for i := range rules {
		if failed[rules[i].ID] != nil {
			subject[rules[i].ID] = rules[i].Subject
		}
	}
	for r := range rules {
		for _, i := range failed[rules[r].ID] {
			f := &findings[i]
			for _, id := range rules[r].Follows {
				for _, j := range failed[id] {
					if subject[id] != rules[r].Subject || findings[j].Subject == f.Subject {
						f.FollowsFrom = append(f.FollowsFrom, Deviation{Rule: id, Subject: findings[j].Subject})
					}
				}
			}
		}
	}
}

// checkFollows makes sure that rules follow rules that there are, and never, by whatever way, themselves.
func (s *policySet) checkFollows() (problems []error) {
	follows := map[string][]string{}
	for _, r := range s.rules {
		follows[r.ID] = r.Follows
	}
	itself := func(id string) bool {
		reached := slices.Clone(follows[id])
		for i := 0; i < len(reached); i++ {
			for _, next := range follows[reached[i]] {
				if !slices.Contains(reached, next) {
					reached = append(reached, next)
				}
			}
		}
		return slices.Contains(reached, id)
	}
	for _, r := range s.rules {
		a := annotated{module: s.packages[r.ID].Module, meta: packageAnnotation(s.packages[r.ID].Module)}
		for _, id := range r.Follows {
			if _, known := follows[id]; !known {
				a.fail("follows:", "custom.follows: there is no rule %s; ssisaudit rules lists them", id)
			}
		}
		if itself(r.ID) {
			a.fail("follows:", "custom.follows: %s would follow itself (%s)", r.ID, strings.Join(r.Follows, ", "))
		}
		problems = append(problems, a.problems...)
	}
	return problems
}

// String is how reports name a deviation.
func (d Deviation) String() string { return fmt.Sprintf("%s [%s]", d.Rule, d.Subject) }
