package sqlserver

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"ssisaudit/collectors/sqlserver/internal/queries"
)

// set is one result set of a scripted answer. Its events are rows and errors, in order.
type set struct {
	columns []string
	events  []any // []driver.Value or error
}

// scripted is an answer as the driver gives it.
type scripted struct {
	sets  []set
	event int
}

func (s *scripted) Columns() []string      { return s.sets[0].columns }
func (s *scripted) Close() error           { return nil }
func (s *scripted) HasNextResultSet() bool { return len(s.sets) > 1 }

func (s *scripted) NextResultSet() error {
	s.sets, s.event = s.sets[1:], 0
	return nil
}

func (s *scripted) Next(dest []driver.Value) error {
	if s.event == len(s.sets[0].events) {
		return io.EOF
	}
	s.event++
	switch e := s.sets[0].events[s.event-1].(type) {
	case []driver.Value:
		copy(dest, e)
		return nil
	default:
		return e.(error)
	}
}

func row1(v ...driver.Value) []driver.Value { return v }

func marked(name string, events ...any) set {
	return set{[]string{queries.Marker}, append([]any{row1(name)}, events...)}
}

func data(events ...any) set { return set{[]string{"x"}, events} }

func caughtSet(number int64, message string) set {
	return set{[]string{queries.ErrorNumber, queries.ErrorMessage}, []any{row1(number, message)}}
}

var two = queries.Batch{Names: []string{"a", "b"}}

func readSets(sets ...set) (map[string]answer, error) {
	r := &reader{batch: two, answers: map[string]answer{}}
	err := r.read(context.Background(), &scripted{sets: sets})
	if err == nil && !r.ended {
		err = errors.New("cut short")
	}
	return r.answers, err
}

// After a CATCH, SQL Server may end the procedure with an error bit and no message of its own.
func TestAStatementThatEndsWithAnErrorBitOnlyDoesNotHideWhatTheCatchSays(t *testing.T) {
	silent := mssql.Error{Message: "Request failed but didn't provide reason"}
	said := caughtSet(976, "secondary")
	said.events = append(said.events, silent)
	for name, sets := range map[string][]set{
		"without rows":        {marked("a", silent), caughtSet(976, "secondary")},
		"with some rows":      {marked("a"), data(row1("half"), silent), caughtSet(976, "secondary")},
		"twice":               {marked("a", silent), caughtSet(976, "secondary")},
		"after what it says":  {marked("a"), said},
		"with rows and again": {marked("a"), data(row1("half"), silent, silent), caughtSet(976, "secondary")},
	} {
		t.Run(name, func(t *testing.T) {
			answers, err := readSets(append(sets, marked("b"), data(row1("whole")), marked(queries.End))...)
			if err != nil {
				t.Fatal(err)
			}
			if got := answers["a"]; got.err != (queryError{976, "secondary"}) || got.rows != nil {
				t.Errorf("a gives %+v", got)
			}
			if got := answers["b"]; got.err != nil || len(got.rows) != 1 {
				t.Errorf("b gives %+v", got)
			}
		})
	}
}

func TestAnErrorBitWithoutAMessageOrACatchIsAFailure(t *testing.T) {
	silent := mssql.Error{Message: "Request failed but didn't provide reason"}
	answers, err := readSets(marked("a"), data(row1("half"), silent), marked("b"), data(), marked(queries.End))
	if err != nil || answers["a"].err == nil || answers["b"].err != nil {
		t.Errorf("%+v, %v", answers, err)
	}
}

// The driver repeats the errors of a batch at the end of each later statement.
func TestARepeatedErrorIsCountedOnce(t *testing.T) {
	first := mssql.Error{Number: 229, Message: "denied", All: []mssql.Error{{Number: 229}}}
	second := mssql.Error{Number: 916, Message: "no access", All: []mssql.Error{{Number: 229}, {Number: 916}}}
	answers, err := readSets(
		marked("a", first), data(first), marked("b", first), data(row1("whole"), first), marked(queries.End, first))
	denied := queryError{229, "denied"}
	if err != nil || answers["a"].err != denied || answers["b"].err != nil {
		t.Errorf("%+v, %v", answers, err)
	}
	answers, err = readSets(marked("a", first), marked("b", first), data(second), marked(queries.End, second))
	if err != nil || answers["a"].err != denied || answers["b"].err != (queryError{916, "no access"}) {
		t.Errorf("%+v, %v", answers, err)
	}
}

func TestErrorsWithoutEndAreGivenUp(t *testing.T) {
	flood := slices.Repeat([]any{mssql.Error{Number: 50000}}, maxErrors+1)
	if _, err := readSets(marked("a", flood...), marked("b"), data(), marked(queries.End)); err == nil {
		t.Error("all errors were read")
	}
}

// FuzzReader feeds the reader any order of result sets and errors. A query is answered with rows only if its marker,
// one result without an error, and the next marker came, in this order.
func FuzzReader(f *testing.F) {
	f.Add([]byte("1x2x3"))
	f.Add([]byte("1xe2c3"))
	f.Add([]byte("1x!"))
	f.Add([]byte("1c2xx3"))
	f.Add([]byte("2x1x3"))
	f.Add([]byte("1x2s3x"))
	f.Fuzz(func(t *testing.T, script []byte) {
		var sets []set
		for _, c := range script {
			switch c {
			case '1':
				sets = append(sets, marked("a"))
			case '2':
				sets = append(sets, marked("b"))
			case '3':
				sets = append(sets, marked(queries.End))
			case 'c':
				sets = append(sets, caughtSet(208, "none"))
			case 'x':
				sets = append(sets, data(row1("v")))
			case 'm':
				sets = append(sets, set{[]string{queries.Marker}, nil})
			default:
				if len(sets) == 0 {
					return
				}
				event := map[byte]error{'e': mssql.Error{Number: 229}, 's': mssql.ServerError{}}[c]
				if event == nil {
					event = io.ErrUnexpectedEOF
				}
				last := &sets[len(sets)-1]
				last.events = append(last.events, event)
			}
		}
		if len(sets) == 0 {
			return
		}
		answers, err := readSets(sets...)
		whole := string(script) == "1x2x3"
		if (err == nil && answers["a"].err == nil && answers["b"].err == nil) != whole {
			t.Errorf("%q gives %+v, %v", script, answers, err)
		}
		for name, want := range map[string]string{"a": "1x2", "b": "2x3"} {
			if got, answered := answers[name]; answered && got.err == nil && !slices.Contains(windows(script), want) {
				t.Errorf("%q answers %s with %+v", script, name, got)
			}
		}
	})
}

// windows are the parts of three bytes of a script.
func windows(script []byte) (parts []string) {
	for i := 0; i+3 <= len(script); i++ {
		parts = append(parts, string(script[i:i+3]))
	}
	return parts
}
