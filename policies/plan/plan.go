// Package plan runs query plans: the form that OPA's compiler gives a query for engines other than its own. OPA's own
// evaluator unifies terms and looks rules up at every step; a plan has all of that done, and takes a fraction of the time
// and memory. The built-in functions, the values and the planner are OPA's.
package plan

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	pb "github.com/open-policy-agent/opa/v1/ir/v1pb"
	"google.golang.org/protobuf/proto"
)

// Program is a plan that is ready to run. It is safe for concurrent use.
type Program struct {
	functions []*function
	main      *function
}

// function is one planned rule or function.
type function struct {
	index  int
	locals int
	params []int
	blocks []block
	// document is true for a rule without parameters but input and data: it is evaluated once.
	document bool
}

// block is a sequence of steps; the first that is not proceed ends it.
type block []step

type step func(f *frame) flow

// flow is what follows a step: the next one, the end of that many enclosing blocks more than its own, or the end of all.
type flow int

const (
	proceed flow = -1
	// undefined ends the block of the step.
	undefined flow = 0
	returned  flow = 1 << 30
	aborted   flow = 1<<30 + 1
)

// New prepares the plan with that name, of a policy as OPA's compiler writes it (target "plan", format "proto").
func New(policy []byte, name string) (*Program, error) {
	var p pb.Policy
	if err := proto.Unmarshal(policy, &p); err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	l := &loader{program: &Program{}, byName: map[string]*function{}, byPath: map[string]*function{}, static: p.GetStatic()}
	functions := p.GetFuncs().GetFuncs()
	for i, f := range functions {
		fn := &function{index: i, document: len(f.GetParams()) == 2}
		l.byName[f.GetName()] = fn
		if len(f.GetPath()) > 0 {
			l.byPath[pathKey(f.GetPath())] = fn
		}
		l.program.functions = append(l.program.functions, fn)
	}
	for i, f := range functions {
		if err := l.function(l.program.functions[i], f.GetParams(), f.GetBlocks()); err != nil {
			return nil, fmt.Errorf("the plan of %s: %w", f.GetName(), err)
		}
	}
	for _, plan := range p.GetPlans().GetPlans() {
		if plan.GetName() == name {
			l.program.main = &function{}
			if err := l.function(l.program.main, []int32{input, data}, plan.GetBlocks()); err != nil {
				return nil, fmt.Errorf("the plan %s: %w", name, err)
			}
			return l.program, nil
		}
	}
	return nil, fmt.Errorf("there is no plan named %s", name)
}

// The locals that hold the two documents.
const (
	input int32 = iota
	data
)

func pathKey(parts []string) string { return strings.Join(parts, "\x00") }

// Run evaluates the plan on an input. The result is the query's bindings; nil where the query is undefined. A built-in
// function that fails ends the run, and so do two values of one rule that contradict each other.
func (p *Program) Run(ctx context.Context, input ast.Value) (ast.Value, error) {
	return p.run(ctx, ast.NewTerm(input), ast.NewTerm(ast.NewObject()))
}

func (p *Program) run(ctx context.Context, input, data *ast.Term) (ast.Value, error) {
	m := newMachine(ctx, p)
	m.run(p.main, []*ast.Term{input, data})
	if m.err != nil {
		return nil, m.err
	}
	if m.result == nil {
		return nil, nil
	}
	return m.result.Value, nil
}

// loader translates a plan into steps.
type loader struct {
	program *Program
	byName  map[string]*function
	byPath  map[string]*function
	static  *pb.Static
	// numbers gives the locals of the function under translation small numbers.
	numbers map[int32]int
}

func (l *loader) function(fn *function, params []int32, blocks []*pb.Block) (err error) {
	l.numbers = map[int32]int{}
	for _, p := range params {
		fn.params = append(fn.params, l.local(p))
	}
	fn.blocks, err = l.blocks(blocks)
	fn.locals = len(l.numbers)
	return err
}

func (l *loader) local(v int32) int {
	n, ok := l.numbers[v]
	if !ok {
		n = len(l.numbers)
		l.numbers[v] = n
	}
	return n
}

func (l *loader) blocks(blocks []*pb.Block) ([]block, error) {
	list := make([]block, len(blocks))
	for i, b := range blocks {
		var err error
		if list[i], err = l.block(b); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (l *loader) block(b *pb.Block) (block, error) {
	steps := make(block, len(b.GetStmts()))
	for i, stmt := range b.GetStmts() {
		var err error
		if steps[i], err = l.step(stmt); err != nil {
			return nil, err
		}
		if o := stmt.GetMakeObjectStmt(); o != nil {
			steps[i] = l.object(o.GetTarget(), b.GetStmts()[i+1:])
		}
	}
	return steps, nil
}

// object makes room for the members that the statements after it insert.
func (l *loader) object(target int32, rest []*pb.Stmt) step {
	members := 0
	for _, stmt := range rest {
		if i := stmt.GetObjectInsertStmt(); i != nil && i.GetObject() == target {
			members++
		}
	}
	return l.set(target, func(*frame) *ast.Term { return ast.NewTerm(ast.NewObjectWithCapacity(members)) })
}

// operand is a local variable, or a constant.
type operand struct {
	constant *ast.Term
	local    int
}

func (o operand) of(f *frame) *ast.Term {
	if o.constant != nil {
		return o.constant
	}
	return f.locals[o.local]
}

func (l *loader) operand(o *pb.Operand) operand {
	switch v := o.GetValue().GetKind().(type) {
	case *pb.Val_StringIndex:
		return operand{constant: ast.StringTerm(l.text(v.StringIndex))}
	case *pb.Val_Bool:
		return operand{constant: ast.InternedTerm(v.Bool)}
	}
	return operand{local: l.local(o.GetValue().GetLocal())}
}

func (l *loader) operands(list []*pb.Operand) []operand {
	all := make([]operand, len(list))
	for i, o := range list {
		all[i] = l.operand(o)
	}
	return all
}

func (l *loader) text(index int32) string { return l.static.GetStrings()[index].GetValue() }

// location is where a statement comes from, for errors.
func (l *loader) location(s *pb.Stmt) *ast.Location {
	file := "the query"
	if files := l.static.GetFiles(); int(s.GetFile()) < len(files) {
		file = files[s.GetFile()].GetValue()
	}
	return ast.NewLocation(nil, file, int(s.GetRow()), int(s.GetCol()))
}
