package tdstest

import (
	"errors"
	"fmt"
	"strings"
)

// Reply is what the server answers to one query: its steps, in order.
type Reply struct {
	Steps []Step
}

// Answer makes a reply of steps.
func Answer(steps ...Step) Reply {
	return Reply{Steps: steps}
}

// Step is one part of a reply: ResultSet, Error, Info, Exec, Output, Hangup, HalfPacket or Stall.
type Step interface {
	write(r *replier) error
}

// Column is one column of a result set.
type Column struct {
	Name string
	Type Type
}

// ResultSet is the rows of one SELECT. Without rows, the client sees the columns and no row.
type ResultSet struct {
	Columns []Column
	// Rows hold one Go value per column, as its Type says; nil is NULL.
	Rows [][]any
	// Unfinished leaves out the DONE token that ends the rows, for an Error or a broken connection to come instead.
	Unfinished bool
}

// Error is an error message, ended by a DONE token with the error bit. SQL Server ends a batch after most errors; here
// the steps after it decide.
type Error struct {
	Number  int32
	Message string
	// State and Class (severity) are 1 and 16 where they are 0.
	State, Class byte
	Procedure    string
	// Line is 1 where it is 0.
	Line int32
}

// Info is a message that is no error, such as PRINT gives. Class is 0 to 10, and 0 stays 0.
type Info Error

// Exec is the call of a stored procedure in a batch, such as EXEC sys.sp_executesql: its steps, a return status, and a
// DONEPROC.
type Exec struct {
	Steps  []Step
	Status int32
}

// Output is the value of an OUTPUT parameter of a procedure or of sp_executesql.
type Output struct {
	// Name begins with "@".
	Name  string
	Type  Type
	Value any
}

// Hangup sends what came before it and closes the connection.
type Hangup struct{}

// HalfPacket sends the first half of the packet that holds what came before it, and closes the connection.
type HalfPacket struct{}

// Stall sends what came before it, and then nothing until the client cancels the query or goes away.
type Stall struct{}

// errHangup ends a connection as the test asked for.
var errHangup = errors.New("the test asked to close the connection")

// replier writes one reply.
type replier struct {
	conn    *conn
	request request
	w       *packetWriter
	// pending is the last DONE token, held back until it is known whether anything follows.
	pending *done
	token   byte // of the DONE tokens that end statements
	outputs []Output
	failed  int32 // number of the last error
}

// reply answers a request and ends the message. An attention cuts it short between two tokens.
func (c *conn) reply(req request, reply Reply) error {
	r := &replier{conn: c, request: req, w: c.writer(), token: tokenDone}
	if req.rpc {
		r.token = tokenDoneInProc
	}
	if req.reset {
		if err := r.add(appendEnvChange(nil, envResetDone, "", "")); err != nil {
			return err
		}
	}
	err := r.run(reply.Steps)
	if errors.Is(err, errAttention) {
		return r.finish(done{token: tokenDone, status: doneAttention})
	}
	if err != nil {
		return err
	}
	if !req.rpc {
		last := done{token: tokenDone}
		if r.pending != nil {
			last, r.pending = *r.pending, nil
		}
		return r.finish(last)
	}
	if err := r.add(appendStatus(nil, r.failed)); err != nil {
		return err
	}
	for _, o := range r.outputs {
		if err := r.output(o); err != nil {
			return err
		}
	}
	last := done{token: tokenDoneProc}
	if r.failed != 0 {
		last.status = doneError
	}
	return r.finish(last)
}

func (r *replier) run(steps []Step) error {
	for _, step := range steps {
		if err := r.conn.cancelled(); err != nil {
			return err
		}
		if err := step.write(r); err != nil {
			return err
		}
	}
	return nil
}

// add writes tokens, and before them the DONE token that now turns out to have a successor.
func (r *replier) add(tokens []byte) error {
	if r.pending != nil {
		r.pending.status |= doneMore
		tokens = append(r.pending.append(nil), tokens...)
		r.pending = nil
	}
	_, err := r.w.Write(tokens)
	return err
}

// end holds back the DONE token of a statement.
func (r *replier) end(d done) error {
	if err := r.add(nil); err != nil {
		return err
	}
	r.pending = &d
	return nil
}

// finish writes the last DONE token and ends the message.
func (r *replier) finish(last done) error {
	if err := r.add(last.append(nil)); err != nil {
		return err
	}
	return r.w.end()
}

// complain tells the test and the client of a mistake in the test's own reply.
func (r *replier) complain(err error) error {
	text := fmt.Sprintf("the reply of the TDS test server to %s cannot be sent: %v", r.request.Query, err)
	r.conn.server.report(text)
	return Error{Number: UnknownQuery, Message: text}.write(r)
}

func (s ResultSet) write(r *replier) error {
	if len(s.Columns) == 0 {
		return r.complain(errors.New("a result set has no columns"))
	}
	if err := r.add(appendColumns(nil, s.Columns)); err != nil {
		return err
	}
	for _, row := range s.Rows {
		if err := r.conn.cancelled(); err != nil {
			return err
		}
		tokens, err := appendRow(nil, s.Columns, row)
		if err != nil {
			return r.complain(err)
		}
		if err := r.add(tokens); err != nil {
			return err
		}
	}
	if s.Unfinished {
		return nil
	}
	return r.end(done{token: r.token, status: doneCount, rows: uint64(len(s.Rows))})
}

func (e Error) write(r *replier) error {
	if e.State == 0 {
		e.State = 1
	}
	if e.Class == 0 {
		e.Class = 16
	}
	r.failed = e.Number
	if err := r.add(appendError(nil, tokenError, e, r.conn.server.config.ServerName)); err != nil {
		return err
	}
	return r.end(done{token: r.token, status: doneError})
}

func (i Info) write(r *replier) error {
	return r.add(appendError(nil, tokenInfo, Error(i), r.conn.server.config.ServerName))
}

func (e Exec) write(r *replier) error {
	outer := r.token
	r.token = tokenDoneInProc
	err := r.run(e.Steps)
	r.token = outer
	if err != nil {
		return err
	}
	if err := r.add(appendStatus(nil, e.Status)); err != nil {
		return err
	}
	return r.end(done{token: tokenDoneProc})
}

// write keeps the value: OUTPUT parameters follow the return status.
func (o Output) write(r *replier) error {
	if !r.request.rpc {
		return r.complain(fmt.Errorf("a batch has no OUTPUT parameter %s", o.Name))
	}
	r.outputs = append(r.outputs, o)
	return nil
}

func (r *replier) output(o Output) error {
	for i, p := range r.request.Params {
		if !strings.EqualFold(p.Name, o.Name) || !p.Output {
			continue
		}
		tokens, err := appendReturnValue(nil, r.request.firstParam+i, o)
		if err != nil {
			return r.complain(err)
		}
		return r.add(tokens)
	}
	return r.complain(fmt.Errorf("the query has no OUTPUT parameter %s", o.Name))
}

func (Hangup) write(r *replier) error {
	return errors.Join(r.add(nil), r.w.push(), errHangup)
}

func (HalfPacket) write(r *replier) error {
	return errors.Join(r.add(nil), r.w.half(), errHangup)
}

func (Stall) write(r *replier) error {
	if err := errors.Join(r.add(nil), r.w.push()); err != nil {
		return err
	}
	return r.conn.waitCancelled()
}
