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
	// documents are the rules' values so far.
	documents []memo
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
	m := &machine{ctx: ctx, program: p, documents: make([]memo, len(p.functions)), stack: make([]*ast.Term, 4096)}
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

// call gives a function's value, nil where it is undefined.
func (m *machine) call(fn *function, args ...*ast.Term) *ast.Term {
	if fn.document && m.documents[fn.index].done {
		return m.documents[fn.index].value
	}
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
	if fn.document {
		m.documents[fn.index] = memo{done: true, value: f.value}
	}
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
