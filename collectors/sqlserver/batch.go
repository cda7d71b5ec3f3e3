package sqlserver

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"ssisaudit/collectors/sqlserver/internal/queries"

	mssql "github.com/microsoft/go-mssqldb"
)

// Limits on what an instance may make us hold, beside maxBytes and queries.MaxRows.
const (
	maxColumns = 64  // of one result set
	maxErrors  = 500 // messages and end-of-statement tokens with an error, in one batch
)

// answer is what one query of a batch gave: rows, or an error.
type answer struct {
	columns []string
	rows    [][]driver.Value
	err     error
}

func (a answer) isMarker() bool { return len(a.columns) == 1 && a.columns[0] == queries.Marker }

// queryError is what SQL Server says about a query that failed.
type queryError struct {
	number  int64
	message string
}

func (e queryError) Error() string {
	if e.message == "" { // of an answer that may hold a secret
		return fmt.Sprintf("SQL Server error %d", e.number)
	}
	return fmt.Sprintf("SQL Server error %d: %s", e.number, e.message)
}

// run sends a batch, in one round trip, and returns an answer for each of its queries that was answered in full: an
// answer counts only when the next marker has followed it, before that it may have been cut short. The error says why
// there are no more answers; a mssql.Error leaves the connection usable.
func run(ctx context.Context, conn driver.Conn, b queries.Batch) (answers map[string]answer, err error) {
	r := &reader{batch: b, answers: map[string]answer{}}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the server's answer is malformed: %v", p)
		}
		answers = r.answers
	}()
	stmt, err := conn.(driver.ConnPrepareContext).PrepareContext(ctx, b.Text) // no round trip
	if err != nil {
		return nil, err
	}
	defer func() { _ = stmt.Close() }()
	// When ctx ends the connection is closed (see guard), which ends the reading; the driver would wait for the server
	// to confirm that it stopped.
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	if err := r.read(ctx, rows); err != nil {
		return nil, err
	}
	if !r.ended {
		return nil, errors.New("the server's answer ended too early")
	}
	return nil, nil
}

// reader takes a batch's result sets apart.
type reader struct {
	batch   queries.Batch
	answers map[string]answer
	next    int  // index of the query whose marker comes next
	ended   bool // the last marker was seen
	sets    int  // the current query's result sets so far
	current answer
	errors  int // all errors so far
	counted int // those of them that the driver lists
}

func (r *reader) read(ctx context.Context, rows driver.Rows) error {
	for {
		columns := rows.Columns()
		if len(columns) > maxColumns {
			return fmt.Errorf("the server sent a result of %d columns", len(columns))
		}
		set := answer{columns: append([]string{}, columns...)}
		if err := r.readSet(ctx, rows, &set); err != nil {
			if set.isMarker() && len(set.rows) > 0 {
				return cmp.Or(r.mark(set), err) // what came before the marker is complete
			}
			return err
		}
		if err := r.take(set); err != nil {
			return err
		}
		more, ok := rows.(driver.RowsNextResultSet)
		if !ok || !more.HasNextResultSet() {
			return nil
		}
		if err := more.NextResultSet(); err != nil {
			return err
		}
	}
}

// readSet reads the rows of one result set, and the errors among them.
func (r *reader) readSet(ctx context.Context, rows driver.Rows, set *answer) error {
	for {
		values := make([]driver.Value, len(set.columns))
		err := rows.Next(values)
		var server mssql.Error
		switch {
		case err == nil:
			switch {
			case len(set.rows) < queries.MaxRows:
				set.rows = append(set.rows, values)
			case set.err == nil:
				set.err = fmt.Errorf("too many rows: more than %d", queries.MaxRows)
			}
		case err == io.EOF:
			return nil
		case asMessage(err, &server):
			if err := r.complain(server, set); err != nil {
				return err
			}
		default:
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// asMessage recognises an error message after which the batch goes on. (Wrapped in a mssql.ServerError it is the last
// thing that the server said.)
func asMessage(err error, message *mssql.Error) bool {
	m, ok := err.(mssql.Error)
	*message = m
	return ok
}

// complain counts an error that no CATCH caught. It belongs to the query whose result is being read. The driver repeats
// it, with all others of the batch, at the end of every later statement.
func (r *reader) complain(e mssql.Error, set *answer) error {
	r.errors++
	if r.errors > maxErrors {
		return errors.New("the server sent too many errors")
	}
	if len(e.All) > 0 && len(e.All) <= r.counted {
		return nil
	}
	r.counted = len(e.All)
	if set.err == nil {
		set.err = queryError{int64(e.Number), e.Message}
	}
	return nil
}

// take puts a result set where it belongs: markers say whose the following ones are.
func (r *reader) take(set answer) error {
	if set.isMarker() {
		return r.mark(set)
	}
	if r.next == 0 || r.ended {
		return errors.New("the server sent a result that belongs to no query")
	}
	if len(set.columns) == 2 && set.columns[0] == queries.ErrorNumber && set.columns[1] == queries.ErrorMessage {
		r.current = answer{err: caught(set)}
		r.sets++
		return nil
	}
	r.sets++
	switch {
	case r.current.err != nil: // the first error is the one that counts
	case set.err != nil:
		r.current = answer{err: set.err}
	case r.sets > 1:
		r.current = answer{err: errors.New("the server sent more than one result")}
	default:
		r.current = set
	}
	return nil
}

// caught is the error in the result set that CATCH sends.
func caught(set answer) error {
	if len(set.rows) != 1 {
		return errors.New("the query failed without saying why")
	}
	number, ok := set.rows[0][0].(int64)
	message, ok2 := set.rows[0][1].(string)
	if !ok || !ok2 {
		return errors.New("the query failed without saying why")
	}
	return queryError{number, message}
}

// mark ends the current query and begins the next.
func (r *reader) mark(set answer) error {
	want := queries.End
	if r.next < len(r.batch.Names) {
		want = r.batch.Names[r.next]
	}
	if r.ended || len(set.rows) != 1 || set.rows[0][0] != want {
		return errors.New("the server's results are not in the order of the queries")
	}
	if r.next > 0 {
		if r.sets == 0 && r.current.err == nil {
			r.current.err = errors.New("the server sent no result")
		}
		r.answers[r.batch.Names[r.next-1]] = r.current
	}
	r.ended = r.next == len(r.batch.Names)
	r.next++
	r.sets = 0
	// An error that follows the marker belongs to the query that it names.
	r.current = answer{err: set.err}
	return nil
}
