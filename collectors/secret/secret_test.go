package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"ssisaudit/collectors/secret"
)

const password = "correct horse"

// holder is how secrets lie about in a program: in exported and unexported fields, behind pointers, in maps.
type holder struct {
	Open    secret.Text
	hidden  secret.Text
	Pointer *secret.Text
	Map     map[string]secret.Text
}

func hold() holder {
	s := secret.New(password)
	return holder{Open: s, hidden: s, Pointer: &s, Map: map[string]secret.Text{"a": s}}
}

func TestRevealGivesTheSecret(t *testing.T) {
	if got := secret.New(password).Reveal(); got != password {
		t.Errorf("got %q, want %q", got, password)
	}
	if got := (secret.Text{}).Reveal(); got != "" {
		t.Errorf("the zero value reveals %q", got)
	}
}

func TestNoVerbShowsASecret(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%20.3s"} {
		got := fmt.Sprintf(verb, secret.New(password))
		if got != "[redacted]" {
			t.Errorf("%s of a secret gives %q", verb, got)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, got := range []string{fmt.Sprintf(verb, hold()), fmt.Sprintf(verb, []any{hold(), new(hold())})} {
			if leaks(got) {
				t.Errorf("%s of what holds a secret gives %s", verb, got)
			}
		}
	}
	if got := secret.New(password).String() + secret.New(password).GoString(); got != "[redacted][redacted]" {
		t.Errorf("got %q", got)
	}
}

func TestAMarshalledSecretIsRedacted(t *testing.T) {
	got, err := json.Marshal(hold())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Open":"[redacted]","Pointer":"[redacted]","Map":{"a":"[redacted]"}}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	text, err := secret.New(password).MarshalText()
	if err != nil || string(text) != "[redacted]" {
		t.Errorf("got %q, %v", text, err)
	}
	keys, err := json.Marshal(map[string]any{"key": secret.New(password)})
	if err != nil || string(keys) != `{"key":"[redacted]"}` {
		t.Errorf("got %s, %v", keys, err)
	}
}

func TestALoggedSecretIsRedacted(t *testing.T) {
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("login", "password", secret.New(password), "all", hold(), slog.Any("pointer", hold().Pointer))
	}
	if leaks(out.String()) || strings.Count(out.String(), "[redacted]") < 4 {
		t.Errorf("the log shows %s", out.String())
	}
}

// leaks reports whether text shows the password, as it is or in hexadecimal.
func leaks(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, password) || strings.Contains(text, fmt.Sprintf("%x", password)) ||
		strings.Contains(text, "horse")
}
