package policies_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssisaudit/policies"
)

// ownRule is a rule that asks nothing of a node but to be seen.
const ownRule = `# METADATA
# title: The node was seen
# description: The node has an identity.
# related_resources:
#   - ref: https://example.com/rules
# custom:
#   id: ACME-1.1
#   severity: low
#   topologies: [availability-group]
#   subject: node
#   needs: ["nodes[].identity"]
#   rationale: What is not seen is not known.
#   fix: Look.
package acme.seen

checks contains {"subject": node.name, "compliant": true, "expected": "", "actual": ""} if some node in input.nodes
`

// folderOf writes files into a folder, and returns it.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// outcomes of one rule for the healthy deployment, by subject.
func outcomesOf(t *testing.T, rule string, folders ...string) map[string]policies.Outcome {
	t.Helper()
	e, err := policies.New(t.Context(), folders...)
	if err != nil {
		t.Fatal(err)
	}
	result, err := e.Evaluate(t.Context(), healthy())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]policies.Outcome{}
	for _, f := range result.Findings {
		if f.Rule == rule {
			found[f.Subject] = f.Outcome
		}
	}
	return found
}

func TestAnOwnRuleIsJudgedAsAnyOther(t *testing.T) {
	found := outcomesOf(t, "ACME-1.1", folderOf(t, map[string]string{"seen/seen.rego": ownRule}))
	if len(found) == 0 || found["SQLA"] != policies.Pass {
		t.Errorf("%v", found)
	}
}

// A rule may be in several files; what it does not know must not be lost because it is said in the second.
func TestWhatARuleSaysInASecondFileIsHeard(t *testing.T) {
	found := outcomesOf(t, "ACME-1.1", folderOf(t, map[string]string{
		"seen/seen.rego":  ownRule,
		"seen/doubt.rego": "package acme.seen\n\nunknowns contains {\"subject\": \"SQLA\", \"reason\": \"in doubt\"}\n",
	}))
	if found["SQLA"] != policies.Unknown {
		t.Errorf("%v", found)
	}
}

func TestAnOwnRuleMayLieDirectlyInTheFolder(t *testing.T) {
	folder := filepath.Join(folderOf(t, map[string]string{"seen/seen.rego": ownRule}), "seen")
	if found := outcomesOf(t, "ACME-1.1", folder); found["SQLA"] != policies.Pass {
		t.Errorf("%v", found)
	}
}

func TestWhatIsNoRuleIsLeftAlone(t *testing.T) {
	outcomesOf(t, "ACME-1.1", folderOf(t, map[string]string{
		"seen/seen.rego": ownRule, "README.md": "# Rules", ".git/hook.rego": "no Rego at all", "seen/.seen.rego.swp": "\xff",
	}))
}

func TestOwnFoldersAreBounded(t *testing.T) {
	many := map[string]string{"seen/seen.rego": ownRule}
	for i := range 10_000 {
		many[fmt.Sprintf("%d.txt", i)] = ""
	}
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"a huge file": {
			map[string]string{"seen/seen.rego": ownRule + strings.Repeat("# more\n", 50_000)},
			"seen/seen.rego: the file has more than 256 KiB; split it",
		},
		"UTF-16": {
			map[string]string{"seen/seen.rego": "\xff\xfep\x00a\x00"},
			"seen/seen.rego:1: the file is not UTF-8; save it as UTF-8",
		},
		"Latin-1 on the second line": {
			map[string]string{"seen/seen.rego": "# one\n# \xe9t\xe9\n" + ownRule},
			"seen/seen.rego:2: the file is not UTF-8",
		},
		"an empty file": {
			map[string]string{"seen/seen.rego": ownRule, "lib/lib.rego": ""},
			"lib/lib.rego:1: the file is empty",
		},
		"far too many files": {many, "there are more than 10000 files and folders"},
	} {
		folder := folderOf(t, c.files)
		_, err := policies.New(t.Context(), folder)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), folder) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One spelling each, so that two ids never mean the same rule.
func TestIDsOfOwnRules(t *testing.T) {
	for id, accepted := range map[string]bool{
		"ACME-1.1": true, "A2-10.12": true, "ACME-12.1": true,
		"HA-12.1": false, "acme-1.1": false, "ACME-01.1": false, "ACME-1.01": false, "ACME-0.1": false, "ACME-1": false,
		"ACME-1.1.1": false, "ACME-99999999999999999999.1": false, "": false,
	} {
		text := strings.ReplaceAll(ownRule, "ACME-1.1", `"`+id+`"`)
		_, err := policies.New(t.Context(), folderOf(t, map[string]string{"seen/seen.rego": text}))
		if (err == nil) != accepted {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestTestsThatAreInterruptedAreAnError(t *testing.T) {
	folder := folderOf(t, map[string]string{
		"seen/seen.rego": ownRule, "seen/seen_test.rego": "package acme.seen_test\n\ntest_one if true\n",
	})
	if tests, err := policies.RunTests(t.Context(), folder); err != nil || len(tests.Results) != 1 {
		t.Fatal(tests, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := policies.RunTests(ctx, folder); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestWhatIsUnknownOrDoesNotApplyHasAReason(t *testing.T) {
	for _, part := range []string{"unknowns", "not_applicable"} {
		rule := ownRule + "\n" + part + ` contains {"subject": node.name, "reason": concat("; ", [])} if some node in input.nodes` + "\n"
		e, err := policies.New(t.Context(), folderOf(t, map[string]string{"seen/seen.rego": rule}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Evaluate(t.Context(), healthy()); err == nil || !strings.Contains(err.Error(), `the one about subject "SQLA" has no reason`) {
			t.Errorf("%s: %v", part, err)
		}
	}
}
