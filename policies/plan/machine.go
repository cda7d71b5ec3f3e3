package plan

import (
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// machine is one run of a program.
type machine struct {
	ctx     context.Context
	program *Program
	// documents are the rules' values so far, and calls those of functions.
	documents []memo
	calls     map[call]*ast.Term
	result    *ast.Term
	err       error
	// stack holds the locals of the calls under way, as many of its places as used says.
	stack []*ast.Term
	used  int
	steps int
	// frames are the calls under way, as many as depth says.
	frames []*frame
	depth  int
	// builtin is what built-in functions get beside operands, and put takes their results to outputs.
	builtin  topdown.BuiltinContext
	operands []*ast.Term
	put      func(*ast.Term) error
	outputs  []*ast.Term
}

func newMachine(ctx context.Context, p *Program) *machine {
	m := &machine{ctx: ctx, program: p, documents: make([]memo, len(p.functions)), calls: map[call]*ast.Term{}, stack: make([]*ast.Term, 1024)}
	m.builtin = topdown.BuiltinContext{Context: ctx}
	m.put = func(t *ast.Term) error { m.outputs = append(m.outputs, t); return nil }
	return m
}

type memo struct {
	done  bool
	value *ast.Term
}

// frame is one call of a function.
type frame struct {
	*machine
	locals []*ast.Term
	value  *ast.Term
}

// call is a call of a function with arguments that are plain values. Its result is always the same.
type call struct {
	function *function
	args     [maxMemoArgs]ast.Value
}

const maxMemoArgs = 3

// memoCall tells a call that is worth to be remembered: helpers are asked about the same few names again and again.
func memoCall(fn *function, args []*ast.Term) (call, bool) {
	c := call{function: fn}
	if len(args) > maxMemoArgs {
		return c, false
	}
	for i, a := range args {
		if a == nil {
			return c, false
		}
		switch a.Value.(type) {
		case ast.String, ast.Number, ast.Boolean, ast.Null:
			c.args[i] = a.Value
		default:
			return c, false
		}
	}
	return c, true
}

// call gives a function's value, nil where it is undefined. The first two arguments are the documents.
func (m *machine) call(fn *function, args ...*ast.Term) *ast.Term {
	if fn.document {
		if !m.documents[fn.index].done {
			m.documents[fn.index] = memo{value: m.run(fn, args), done: true}
		}
		return m.documents[fn.index].value
	}
	c, plain := memoCall(fn, args[2:])
	if !plain {
		return m.run(fn, args)
	}
	value, known := m.calls[c]
	if !known {
		value = m.run(fn, args)
		m.calls[c] = value
	}
	return value
}

func (m *machine) run(fn *function, args []*ast.Term) *ast.Term {
	f := m.enter()
	stacked := m.used+fn.locals <= len(m.stack)
	if stacked {
		f.locals = m.stack[m.used : m.used+fn.locals]
		m.used += fn.locals
	} else {
		f.locals = make([]*ast.Term, fn.locals)
	}
	for i, p := range fn.params {
		f.locals[p] = args[i]
	}
	for _, b := range fn.blocks {
		if end := b.run(f); end >= returned {
			break
		}
	}
	if stacked {
		clear(f.locals)
		m.used -= fn.locals
	}
	m.depth--
	return f.value
}

// enter gives the frame of one more call.
func (m *machine) enter() *frame {
	if m.depth == len(m.frames) {
		m.frames = append(m.frames, &frame{machine: m})
	}
	f := m.frames[m.depth]
	f.value = nil
	m.depth++
	return f
}

func (b block) run(f *frame) flow {
	for _, s := range b {
		if next := s(f); next != proceed {
			return next
		}
	}
	return proceed
}

// leave is what follows a block that is nested in another one, seen from there.
func leave(end flow) flow {
	if end == proceed || end == undefined {
		return proceed
	}
	if end >= returned {
		return end
	}
	return end - 1
}

func (f *frame) abort(err error) flow {
	f.err = err
	return aborted
}

func conflict(at *ast.Location) error {
	return fmt.Errorf("%s: it has several values that contradict each other", at)
}

// cancelled is asked now and then, where a run may become long.
func (f *frame) cancelled() bool {
	f.steps++
	if f.steps%1024 == 0 && f.ctx.Err() != nil {
		f.err = f.ctx.Err()
		return true
	}
	return false
}
