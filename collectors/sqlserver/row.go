package sqlserver

import (
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxText is how long one text may be, in bytes.
const maxText = 64 << 10

// row is one row, read by column name. Reading never fails by itself: the first problem is kept for the end.
type row struct {
	columns []string
	values  []driver.Value
	problem *error
}

// each calls read with every row, and returns the first problem that reading a value met.
func (a answer) each(read func(r row)) error {
	if a.err != nil {
		return a.err
	}
	var problem error
	for i, values := range a.rows {
		read(row{a.columns, values, &problem})
		if problem != nil {
			return fmt.Errorf("row %d: %w", i+1, problem)
		}
	}
	return nil
}

// one calls read with the only row.
func (a answer) one(read func(r row)) error {
	if a.err == nil && len(a.rows) != 1 {
		return fmt.Errorf("%d rows came where there is always one", len(a.rows))
	}
	return a.each(read)
}

// fail keeps a problem, unless there is one already.
func (r row) fail(err error) {
	if *r.problem == nil {
		*r.problem = err
	}
}

// value returns a column's value; a column that is not there is a problem.
func (r row) value(column string) driver.Value {
	i := slices.IndexFunc(r.columns, func(c string) bool { return strings.EqualFold(c, column) })
	if i < 0 {
		r.fail(errors.New("there is no column " + column))
		return nil
	}
	return r.values[i]
}

func (r row) has(column string) bool {
	return slices.ContainsFunc(r.columns, func(c string) bool { return strings.EqualFold(c, column) })
}

func (r row) null(column string) bool { return r.value(column) == nil }

// get returns a value of type T; NULL and other types are problems.
func get[T any](r row, column string) T {
	raw := r.value(column)
	v, ok := raw.(T)
	switch {
	case ok:
	case raw == nil:
		r.fail(errors.New("column " + column + " is NULL"))
	default:
		r.fail(fmt.Errorf("column %s has the unexpected type %T", column, raw))
	}
	return v
}

// text returns a text that is never NULL.
func (r row) text(column string) string {
	v := get[string](r, column)
	if len(v) > maxText {
		r.fail(fmt.Errorf("column %s holds %d bytes, more than %d", column, len(v), maxText))
		return ""
	}
	return v
}

// name returns a text that is neither NULL nor empty.
func (r row) name(column string) string {
	v := r.text(column)
	if v == "" {
		r.fail(errors.New("column " + column + " is empty"))
	}
	return v
}

// textOrEmpty returns "" for NULL.
func (r row) textOrEmpty(column string) string {
	if r.null(column) {
		return ""
	}
	return r.text(column)
}

func (r row) flag(column string) bool { return get[bool](r, column) }

func (r row) number(column string) int { return int(get[int64](r, column)) }

// yes says whether a permission function answered 1; 0 and NULL (it does not know the name) are no.
func (r row) yes(column string) bool { return !r.null(column) && r.number(column) == 1 }

// yesBit says whether a bit is 1; NULL is no.
func (r row) yesBit(column string) bool { return !r.null(column) && r.flag(column) }

func (r row) time(column string) time.Time { return get[time.Time](r, column) }

// sid returns a SID in upper-case hexadecimal.
func (r row) sid(column string) string { return r.hex(column, 85) } // varbinary(85)

// hex returns bytes in upper-case hexadecimal.
func (r row) hex(column string, limit int) string {
	v := get[[]byte](r, column)
	if len(v) > limit {
		r.fail(fmt.Errorf("column %s holds %d bytes, more than %d", column, len(v), limit))
		return ""
	}
	return strings.ToUpper(hex.EncodeToString(v))
}
