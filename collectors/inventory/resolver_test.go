package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ssisaudit/collectors/inventory"
)

func credentials(source inventory.PasswordSource) map[string]inventory.Credential {
	return map[string]inventory.Credential{"dba": {User: `CONTOSO\audit`, Password: &source}}
}

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestAPasswordComesFromAnEnvironmentVariable(t *testing.T) {
	r := inventory.Resolver{
		Credentials: credentials(inventory.PasswordSource{Env: "PW"}),
		LookupEnv:   env(map[string]string{"PW": " spaces stay "}),
	}
	l, err := r.Login(t.Context(), "dba")
	if err != nil {
		t.Fatal(err)
	}
	if l.Password.Reveal() != " spaces stay " || l.Integrated || l.Name != "dba" {
		t.Errorf("login = %+v", l)
	}
	if domain, user := l.Account(); domain != "CONTOSO" || user != "audit" {
		t.Errorf("Account() = %q, %q", domain, user)
	}
	if shown := fmt.Sprintf("%+v", l); strings.Contains(shown, "spaces") {
		t.Errorf("the password is shown: %s", shown)
	}
}

func TestAVariableThatIsMissingOrEmptyIsNamed(t *testing.T) {
	for want, vars := range map[string]map[string]string{"not set": {}, "is empty": {"PW": ""}} {
		r := inventory.Resolver{Credentials: credentials(inventory.PasswordSource{Env: "PW"}), LookupEnv: env(vars)}
		_, err := r.Login(t.Context(), "dba")
		if err == nil || !strings.Contains(err.Error(), "credentials dba: the environment variable PW") || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q", err, want)
		}
	}
}

// passwordFile writes a password file and returns a resolver that reads it.
func passwordFile(t *testing.T, content string, mode os.FileMode) *inventory.Resolver {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pw")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return &inventory.Resolver{Credentials: credentials(inventory.PasswordSource{File: name})}
}

func TestAPasswordFileLosesItsLineEndAndItsByteOrderMark(t *testing.T) {
	for content, want := range map[string]string{
		"hunter2": "hunter2", "hunter2\n": "hunter2", "hunter2\r\n": "hunter2", "\ufeffhunter2\r\n": "hunter2", " h 2 \n": " h 2 ",
	} {
		l, err := passwordFile(t, content, 0o640).Login(t.Context(), "dba")
		if err != nil {
			t.Errorf("%q: %v", content, err)
		} else if l.Password.Reveal() != want {
			t.Errorf("%q gives %q", content, l.Password.Reveal())
		}
	}
}

func TestAPasswordFileThatIsNotOneIsRefused(t *testing.T) {
	for _, c := range []struct {
		content string
		mode    os.FileMode
		want    string
	}{
		{"", 0o600, "is empty"},
		{"\n", 0o600, "is empty"},
		{"hunter2\nhunter2\n", 0o600, "more than one line"},
		{"\xff\xfeh\x00", 0o600, "not UTF-8"},
		{"h\x00u\x00", 0o600, "not UTF-8"},
		{strings.Repeat("hunter2", 1000), 0o600, "larger than 4096 bytes"},
		{"hunter2", 0o644, "chmod 600"},
		{"hunter2", 0o602, "chmod 600"},
	} {
		_, err := passwordFile(t, c.content, c.mode).Login(t.Context(), "dba")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error = %v, want %q", err, c.want)
		}
	}
	r := inventory.Resolver{Credentials: credentials(inventory.PasswordSource{File: t.TempDir()})}
	if _, err := r.Login(t.Context(), "dba"); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("error = %v", err)
	}
	r = inventory.Resolver{Credentials: credentials(inventory.PasswordSource{File: filepath.Join(t.TempDir(), "none")})}
	if _, err := r.Login(t.Context(), "dba"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v", err)
	}
}

func TestAPersonIsAskedOnceHoweverManyTargetsNeedThePassword(t *testing.T) {
	var asked atomic.Int32
	r := inventory.Resolver{
		Credentials: credentials(inventory.PasswordSource{Prompt: true}),
		Prompt: func(_ context.Context, label string) (string, error) {
			asked.Add(1)
			if label != `password of CONTOSO\audit (credentials dba)` {
				return "", fmt.Errorf("label %q", label)
			}
			return "hunter2", nil
		},
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if l, err := r.Login(t.Context(), "dba"); err != nil || l.Password.Reveal() != "hunter2" {
				t.Errorf("login %v, %v", l, err)
			}
		})
	}
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestTwoPromptsAreNeverOpenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open, asked atomic.Int32
		both := credentials(inventory.PasswordSource{Prompt: true})
		both["other"] = both["dba"]
		r := inventory.Resolver{Credentials: both, Prompt: func(context.Context, string) (string, error) {
			asked.Add(1)
			if n := open.Add(1); n != 1 {
				t.Errorf("%d prompts at once", n)
			}
			time.Sleep(time.Minute) // fake time: the other goroutine gets as far as it can
			open.Add(-1)
			return "x", nil
		}}
		var wg sync.WaitGroup
		for name := range both {
			wg.Go(func() { _, _ = r.Login(t.Context(), name) })
		}
		wg.Wait()
		if asked.Load() != 2 {
			t.Errorf("asked %d times", asked.Load())
		}
	})
}

func TestATargetDoesNotWaitForAPersonLongerThanItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := inventory.Resolver{
			Credentials: credentials(inventory.PasswordSource{Prompt: true}),
			Prompt:      func(context.Context, string) (string, error) { time.Sleep(time.Hour); return "x", nil },
		}
		go func() { _, _ = r.Login(t.Context(), "dba") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.Login(ctx, "dba"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		time.Sleep(2 * time.Hour)
		if l, err := r.Login(t.Context(), "dba"); err != nil || l.Password.Reveal() != "x" {
			t.Errorf("the answer that came later is not there: %v, %v", l, err)
		}
	})
}

func TestNobodyToAskIsAnErrorThatSaysWhatToDo(t *testing.T) {
	r := inventory.Resolver{Credentials: credentials(inventory.PasswordSource{Prompt: true})}
	if _, err := r.Login(t.Context(), "dba"); err == nil || !strings.Contains(err.Error(), "environment variable or a file") {
		t.Errorf("error = %v", err)
	}
	r = inventory.Resolver{
		Credentials: credentials(inventory.PasswordSource{Prompt: true}),
		Prompt:      func(context.Context, string) (string, error) { return "", context.Canceled },
	}
	if _, err := r.Login(t.Context(), "dba"); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestTheCallersOwnIdentityNeedsNoPassword(t *testing.T) {
	r := inventory.Resolver{Credentials: map[string]inventory.Credential{
		"krb": {User: "audit", Integrated: true, Kerberos: &inventory.Kerberos{Realm: "CONTOSO.COM", Keytab: "/k"}},
	}}
	if l, err := r.Login(t.Context(), ""); err != nil || !l.Integrated || l.Kerberos != nil {
		t.Errorf("no name: %+v, %v", l, err)
	}
	if l, err := r.Login(t.Context(), "krb"); err != nil || !l.Integrated || l.User != "audit" || l.Kerberos.Keytab != "/k" {
		t.Errorf("krb: %+v, %v", l, err)
	}
	if _, err := r.Login(t.Context(), "none"); err == nil {
		t.Error("credentials that are not in the inventory were resolved")
	}
}
