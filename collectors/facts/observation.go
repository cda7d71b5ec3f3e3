package facts

import "time"

// Status says how an observation came about.
type Status string

// The four ways an observation can end. Only Observed carries a value. Absent is evidence too: the place was
// looked at and the thing is not there. Failed and Skipped are not evidence of anything.
const (
	Observed Status = "observed"
	Absent   Status = "absent"
	Failed   Status = "failed"
	Skipped  Status = "skipped"
)

// Observation is one group of facts together with how it was come by.
type Observation[T any] struct {
	// Status is observed, absent, failed or skipped.
	Status Status `json:"status" jsonschema:"enum=observed,enum=absent,enum=failed,enum=skipped"`
	// Value is there exactly when the status is observed.
	Value *T `json:"value,omitempty"`
	// Error says, when the status is failed or skipped, why, and what to do about it. One sentence or two.
	Error string `json:"error,omitempty"`
	// Lacks is the missing right that a failure is known to be due to.
	Lacks *Lack `json:"lacks,omitempty"`
	// Source is where the facts were looked for, in words its reader can follow by hand: a registry key, a file, a query.
	Source string `json:"source"`
	// At is when they were looked for, UTC, by the collecting machine's clock.
	At time.Time `json:"at"`
}

// Observe records a value that was seen at source.
func Observe[T any](value T, source string, at time.Time) Observation[T] {
	return Observation[T]{Status: Observed, Value: &value, Source: source, At: at.UTC()}
}

// NotThere records that source was looked at and holds no such thing.
func NotThere[T any](source string, at time.Time) Observation[T] {
	return Observation[T]{Status: Absent, Source: source, At: at.UTC()}
}

// Fail records that source could not be looked at, and why.
func Fail[T any](err error, source string, at time.Time) Observation[T] {
	return Observation[T]{Status: Failed, Error: err.Error(), Lacks: LackOf(err), Source: source, At: at.UTC()}
}

// Skip records that source was not looked at on purpose, and whose.
func Skip[T any](reason, source string, at time.Time) Observation[T] {
	return Observation[T]{Status: Skipped, Error: reason, Source: source, At: at.UTC()}
}

// Seen reports whether o is evidence: a value, or a certain absence.
func (o Observation[T]) Seen() bool { return o.Status == Observed || o.Status == Absent }
