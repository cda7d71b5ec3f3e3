package remediation

import (
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"
)

func sampled(t *testing.T) []string {
	t.Helper()
	list, err := SampleScripts()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var callForm = regexp.MustCompile(`(?m)^ +EXEC .*$`)

// A procedure that reports an error by RAISERROR does not end a batch: without a TRY the script would go on to "done".
func TestAProcedureThatFailsIsNeverDone(t *testing.T) {
	calls := 0
	for _, script := range sampled(t) {
		for _, at := range callForm.FindAllStringIndex(script, -1) {
			before, call := script[:at[0]], script[at[0]:at[1]]
			if strings.HasSuffix(call, " OUTPUT;") {
				continue // it reads
			}
			calls++
			if strings.Count(before, "BEGIN TRY") != strings.Count(before, "END TRY")+1 {
				t.Errorf("%s is in no TRY:\n%s", call, script)
			}
		}
		if strings.Count(script, "BEGIN CATCH\n            THROW;") != strings.Count(script, "BEGIN TRY") {
			t.Errorf("an error is caught and not thrown again:\n%s", script)
		}
	}
	if calls < 10 {
		t.Errorf("only %d calls", calls)
	}
}

// THROW takes a % for a place to fill in: %d in a name would leave an empty message.
func TestMessagesOfTHROWHaveTheirPercentSignsDoubled(t *testing.T) {
	for _, script := range sampled(t) {
		stops := strings.Count(script, "THROW 50000, @stop, 1;")
		if strings.Count(script, "N'Stopped: ' + REPLACE(@step, N'%', N'%%')") != stops/2 {
			t.Errorf("%s", script)
		}
	}
	c := change{done: "1 = 1", audited: "1 = 1", otherwise: ", 5% of it"}
	if text := c.text("x", "SQLA", inMaster); !strings.Contains(text, "was audited, 5%% of it.") {
		t.Error(text)
	}
}

// Whoever is ssis_admin and no more may lack VIEW SERVER STATE, without which sys.fn_hadr_is_primary_replica is an error.
func TestScriptsForSSISDBNeedNoRightToKnowThePrimary(t *testing.T) {
	for _, script := range sampled(t) {
		if strings.Contains(script, "fn_hadr") {
			t.Error(script)
		}
		asks := "    WHEN COALESCE(CONVERT(nvarchar(128), DATABASEPROPERTYEX(N'SSISDB', 'Updateability')), N'') <> N'READ_WRITE'\n        THEN N'SSISDB has"
		if batches := strings.Count(script, "WHEN DB_NAME() <> N'SSISDB'"); strings.Count(script, asks) != batches {
			t.Error(script)
		}
	}
}

// What was 1 only until the next restart is so again: without RECONFIGURE the 0 is not in use.
func TestCLRThatWasOnUntilTheNextRestartIsSoAgain(t *testing.T) {
	back := enableCLR.undo(values{"enabled": "true", "configured": "false"})
	if text := strings.Join(back.statements, "\n"); !strings.Contains(text, "EXEC sys.sp_configure N'clr enabled', 0;") ||
		strings.Contains(text, "RECONFIGURE") || !strings.Contains(back.done, "value_in_use = 1 AND value = 0") {
		t.Errorf("%+v", back)
	}
	if text := strings.Join(enableCLR.undo(values{"enabled": "false", "configured": "false"}).statements, "\n"); !strings.Contains(text, "RECONFIGURE;") {
		t.Error(text)
	}
}

// IsLocked may be NULL where the policy is not checked: a second run has nothing to do all the same.
func TestALoginWithoutPolicyIsNotLocked(t *testing.T) {
	c := setLoggingPassword.do(values{"login": "l", "sid": sid, "error": "18456"})
	if !strings.Contains(c.done, "COALESCE(CONVERT(int, LOGINPROPERTY(N'l', 'IsLocked')), 0) = 0") {
		t.Error(c.done)
	}
}

// A SQL login's SID has 16 bytes; CREATE LOGIN refuses another one only when DROP LOGIN is done.
func TestALoginIsCreatedWithASIDThatSQLServerTakes(t *testing.T) {
	for _, short := range []string{"01", sid + "00"} {
		for _, action := range []string{"create-logging-login", "recreate-logging-login"} {
			if err := holdsSID(action, short); err == nil || !strings.Contains(err.Error(), "16 bytes") {
				t.Errorf("%s with %s: %v", action, short, err)
			}
		}
	}
}

// An account that Windows does not know any more has no SID: that it is in no role is not known then.
func TestAnUnknownAccountIsNotTakenForOneOutsideTheRole(t *testing.T) {
	v := values{"login": `CONTOSO\svc`, "user": `CONTOSO\svc`}
	v["sid"] = pendingSIDOf(v["login"])
	if c := leave(v, v["user"], workerRole); !strings.HasPrefix(c.done, `SUSER_SID(N'CONTOSO\svc') IS NOT NULL`+"\n    AND NOT EXISTS") {
		t.Error(c.done)
	}
	v["sid"] = sid
	if c := leave(v, v["user"], workerRole); !strings.HasPrefix(c.done, "NOT EXISTS") {
		t.Error(c.done)
	}
}

func holdsSID(action, value string) error {
	for _, sample := range samples {
		if sample.Action == action {
			sample.Parameters = maps.Clone(sample.Parameters)
			sample.Parameters["sid"] = value
			_, err := find(sample)
			return err
		}
	}
	return errors.New("there is no sample")
}

// The sqlcmd in Go leaves a variable that is not set as it is: nothing is set to that, and least of all a password.
func TestAVariableThatIsNotSetIsNoAnswer(t *testing.T) {
	asked := 0
	for _, r := range samples {
		a, err := find(r)
		if err != nil {
			t.Fatal(err)
		}
		if a.onMachine() || a.asks == nil {
			continue
		}
		for _, q := range a.asks(r.Parameters) {
			for what, c := range map[string]change{"do": a.do(r.Parameters), "undo": a.undo(r.Parameters)} {
				if !strings.Contains(strings.Join(append(c.declare, c.statements...), " "), variable(q.Name)) {
					continue
				}
				asked++
				if !strings.Contains(c.audited, " NOT IN (N'', N'$' + N'("+q.Name+")')") && (what == "do" || !strings.Contains(c.done, variable(q.Name))) {
					t.Errorf("%s (%s) takes $(%s) for an answer:\n%s", a.name, what, q.Name, c.audited)
				}
			}
		}
	}
	if asked < 8 {
		t.Errorf("only %d answers were looked at", asked)
	}
}

// A procedure that found nothing to change, and said nothing, is not believed.
func TestProceduresOfTheCatalogAreNotBelieved(t *testing.T) {
	for _, r := range samples {
		if a, err := find(r); err == nil && a.do != nil {
			for _, c := range []change{a.do(r.Parameters), a.undo(r.Parameters)} {
				text := strings.Join(c.statements, "\n")
				if strings.Contains(text, "[catalog].") && !strings.Contains(text, "IF NOT EXISTS (SELECT 1 WHERE ") {
					t.Errorf("%s does not look at what it did:\n%s", a.name, text)
				}
			}
		}
	}
}
