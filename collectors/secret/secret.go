// Package secret holds text that must never be shown.
package secret

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Text is a secret. However it is printed, formatted, logged or marshalled, what appears is [redacted]. The zero value
// is the empty secret.
type Text struct {
	// A function, because fmt looks into the unexported fields of what holds a Text without asking its methods.
	reveal func() string
}

// New makes text a secret.
func New(text string) Text { return Text{func() string { return text }} }

// Reveal returns the secret itself, for the one place that hands it to a server.
func (t Text) Reveal() string {
	if t.reveal == nil {
		return ""
	}
	return t.reveal()
}

// String gives [redacted].
func (Text) String() string { return redacted }

// GoString gives [redacted].
func (Text) GoString() string { return redacted }

// Format gives [redacted] for every verb and flag.
func (Text) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// MarshalJSON gives "[redacted]".
func (Text) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText gives [redacted].
func (Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives [redacted].
func (Text) LogValue() slog.Value { return slog.StringValue(redacted) }
