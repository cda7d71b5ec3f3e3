package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	pb "github.com/open-policy-agent/opa/v1/ir/v1pb"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// step translates one statement. What a statement means is said in OPA's package ir.
func (l *loader) step(stmt *pb.Stmt) (step, error) {
	switch s := stmt.GetKind().(type) {
	case *pb.Stmt_BlockStmt:
		return l.nested(s.BlockStmt)
	case *pb.Stmt_BreakStmt:
		end := flow(s.BreakStmt.GetIndex())
		return func(*frame) flow { return end }, nil
	case *pb.Stmt_ScanStmt:
		return l.scan(s.ScanStmt)
	case *pb.Stmt_NotStmt:
		return l.not(s.NotStmt)
	case *pb.Stmt_CallStmt:
		return l.call(s.CallStmt, l.location(stmt))
	case *pb.Stmt_CallDynamicStmt:
		return l.callDynamic(s.CallDynamicStmt), nil
	case *pb.Stmt_ReturnLocalStmt:
		source := l.local(s.ReturnLocalStmt.GetSource())
		return func(f *frame) flow { f.value = f.locals[source]; return returned }, nil
	case *pb.Stmt_ResultSetAddStmt:
		value := l.local(s.ResultSetAddStmt.GetValue())
		return func(f *frame) flow { f.result = f.locals[value]; return proceed }, nil
	case *pb.Stmt_DotStmt:
		return l.dot(s.DotStmt), nil
	case *pb.Stmt_LenStmt:
		return l.length(s.LenStmt), nil
	case *pb.Stmt_EqualStmt:
		return comparison(l.operand(s.EqualStmt.GetA()), l.operand(s.EqualStmt.GetB()), true), nil
	case *pb.Stmt_NotEqualStmt:
		return comparison(l.operand(s.NotEqualStmt.GetA()), l.operand(s.NotEqualStmt.GetB()), false), nil
	case *pb.Stmt_IsArrayStmt:
		return kind[*ast.Array](l.operand(s.IsArrayStmt.GetSource())), nil
	case *pb.Stmt_IsObjectStmt:
		return kind[ast.Object](l.operand(s.IsObjectStmt.GetSource())), nil
	case *pb.Stmt_IsSetStmt:
		return kind[ast.Set](l.operand(s.IsSetStmt.GetSource())), nil
	case *pb.Stmt_IsDefinedStmt:
		source := l.local(s.IsDefinedStmt.GetSource())
		return func(f *frame) flow { return when(f.locals[source] != nil) }, nil
	case *pb.Stmt_IsUndefinedStmt:
		source := l.local(s.IsUndefinedStmt.GetSource())
		return func(f *frame) flow { return when(f.locals[source] == nil) }, nil
	case *pb.Stmt_AssignVarStmt:
		source := l.operand(s.AssignVarStmt.GetSource())
		return l.set(s.AssignVarStmt.GetTarget(), source.of), nil
	case *pb.Stmt_AssignVarOnceStmt:
		return l.assignOnce(s.AssignVarOnceStmt, l.location(stmt)), nil
	case *pb.Stmt_AssignIntStmt:
		return l.constant(s.AssignIntStmt.GetTarget(), ast.IntNumberTerm(int(s.AssignIntStmt.GetValue()))), nil
	case *pb.Stmt_ResetLocalStmt:
		return l.constant(s.ResetLocalStmt.GetTarget(), nil), nil
	case *pb.Stmt_MakeNullStmt:
		return l.constant(s.MakeNullStmt.GetTarget(), ast.NullTerm()), nil
	case *pb.Stmt_MakeNumberIntStmt:
		return l.constant(s.MakeNumberIntStmt.GetTarget(), ast.IntNumberTerm(int(s.MakeNumberIntStmt.GetValue()))), nil
	case *pb.Stmt_MakeNumberRefStmt:
		number := ast.NumberTerm(json.Number(l.text(s.MakeNumberRefStmt.GetIndex())))
		return l.constant(s.MakeNumberRefStmt.GetTarget(), number), nil
	case *pb.Stmt_MakeArrayStmt:
		return l.set(s.MakeArrayStmt.GetTarget(), func(*frame) *ast.Term { return ast.ArrayTerm() }), nil
	case *pb.Stmt_MakeObjectStmt:
		return l.object(s.MakeObjectStmt.GetTarget(), nil), nil
	case *pb.Stmt_MakeSetStmt:
		return l.set(s.MakeSetStmt.GetTarget(), func(*frame) *ast.Term { return ast.SetTerm() }), nil
	case *pb.Stmt_ArrayAppendStmt:
		array, value := l.local(s.ArrayAppendStmt.GetArray()), l.operand(s.ArrayAppendStmt.GetValue())
		return func(f *frame) flow {
			f.locals[array] = ast.NewTerm(f.locals[array].Value.(*ast.Array).Append(value.of(f)))
			return proceed
		}, nil
	case *pb.Stmt_SetAddStmt:
		set, value := l.local(s.SetAddStmt.GetSet()), l.operand(s.SetAddStmt.GetValue())
		return func(f *frame) flow { f.locals[set].Value.(ast.Set).Add(value.of(f)); return proceed }, nil
	case *pb.Stmt_ObjectInsertStmt:
		return l.insert(s.ObjectInsertStmt), nil
	case *pb.Stmt_ObjectInsertOnceStmt:
		return l.insertOnce(s.ObjectInsertOnceStmt, l.location(stmt)), nil
	case *pb.Stmt_ObjectMergeStmt:
		return l.merge(s.ObjectMergeStmt, l.location(stmt)), nil
	}
	if stmt.GetWithStmt() != nil {
		return nil, fmt.Errorf("%s: a rule speaks of the document that it is given; use \"with\" in tests only", l.location(stmt))
	}
	return nil, fmt.Errorf("%s: statements of the kind %T are not known", l.location(stmt), stmt.GetKind())
}

func when(condition bool) flow {
	if condition {
		return proceed
	}
	return undefined
}

func (l *loader) set(target int32, value func(f *frame) *ast.Term) step {
	t := l.local(target)
	return func(f *frame) flow { f.locals[t] = value(f); return proceed }
}

func (l *loader) constant(target int32, value *ast.Term) step {
	t := l.local(target)
	return func(f *frame) flow { f.locals[t] = value; return proceed }
}

func (l *loader) nested(s *pb.BlockStmt) (step, error) {
	blocks, err := l.blocks(s.GetBlocks())
	return func(f *frame) flow {
		for _, b := range blocks {
			if next := leave(b.run(f)); next != proceed {
				return next
			}
		}
		return proceed
	}, err
}

func (l *loader) not(s *pb.NotStmt) (step, error) {
	body, err := l.block(s.GetBlock())
	return func(f *frame) flow {
		end := body.run(f)
		if end == proceed {
			return undefined
		}
		return leave(end)
	}, err
}

// scan runs its block for each item. The end of that block is the next item; a break out of it and one block more is the
// end of the scan.
func (l *loader) scan(s *pb.ScanStmt) (step, error) {
	source, key, value := l.local(s.GetSource()), l.local(s.GetKey()), l.local(s.GetValue())
	body, err := l.block(s.GetBlock())
	item := func(f *frame, k, v *ast.Term) flow {
		if f.cancelled() {
			return aborted
		}
		f.locals[key], f.locals[value] = k, v
		return leave(body.run(f))
	}
	return func(f *frame) flow {
		if f.locals[source] == nil {
			return proceed
		}
		next := proceed
		switch v := f.locals[source].Value.(type) {
		case *ast.Array:
			for i := 0; i < v.Len() && next == proceed; i++ {
				next = item(f, ast.InternedTerm(i), v.Elem(i))
			}
		case ast.Object:
			keys := v.Keys()
			for i := 0; i < len(keys) && next == proceed; i++ {
				next = item(f, keys[i], v.Get(keys[i]))
			}
		case ast.Set:
			elements := v.Slice()
			for i := 0; i < len(elements) && next == proceed; i++ {
				next = item(f, elements[i], elements[i])
			}
		}
		return leave(next)
	}, err
}

func (l *loader) call(s *pb.CallStmt, at *ast.Location) (step, error) {
	args, result := l.operands(s.GetArgs()), l.local(s.GetResult())
	if fn := l.byName[s.GetFunction()]; fn != nil {
		return func(f *frame) flow {
			var room [8]*ast.Term
			values := room[:0]
			for _, a := range args {
				values = append(values, a.of(f))
			}
			f.locals[result] = f.machine.call(fn, values...)
			return f.called(result)
		}, nil
	}
	builtin, declared := topdown.GetBuiltin(s.GetFunction()), ast.BuiltinMap[s.GetFunction()]
	if builtin == nil || declared == nil {
		return nil, fmt.Errorf("%s: there is no built-in function %s", at, s.GetFunction())
	}
	return func(f *frame) flow {
		f.operands, f.outputs = f.operands[:0], f.outputs[:0]
		for _, a := range args {
			f.operands = append(f.operands, a.of(f))
		}
		f.builtin.Location = at
		if err := builtin(f.builtin, f.operands, f.put); err != nil {
			return f.abort(err)
		}
		switch {
		case declared.Relation: // its results, to be scanned
			f.locals[result] = ast.ArrayTerm(slices.Clone(f.outputs)...)
		case declared.Decl.Result() == nil:
			f.locals[result] = ast.InternedTerm(true)
		case len(f.outputs) == 0:
			return undefined
		default:
			f.locals[result] = f.outputs[0]
		}
		return proceed
	}, nil
}

// callDynamic calls the rule at a path that is known only now.
func (l *loader) callDynamic(s *pb.CallDynamicStmt) step {
	path, result := l.operands(s.GetPath()), l.local(s.GetResult())
	args := make([]int, len(s.GetArgs()))
	for i, a := range s.GetArgs() {
		args[i] = l.local(a)
	}
	return func(f *frame) flow {
		parts := make([]string, len(path))
		for i, p := range path {
			text, ok := p.of(f).Value.(ast.String)
			if !ok {
				return undefined
			}
			parts[i] = string(text)
		}
		fn := l.byPath[pathKey(parts)]
		if fn == nil || len(fn.params) != len(args) {
			return undefined
		}
		values := make([]*ast.Term, len(args))
		for i, a := range args {
			values[i] = f.locals[a]
		}
		f.locals[result] = f.machine.call(fn, values...)
		return f.called(result)
	}
}

func (f *frame) called(result int) flow {
	if f.err != nil {
		return aborted
	}
	return when(f.locals[result] != nil)
}

func (l *loader) dot(s *pb.DotStmt) step {
	source, key, target := l.operand(s.GetSource()), l.operand(s.GetKey()), l.local(s.GetTarget())
	return func(f *frame) flow {
		value := lookUp(source.of(f), key.of(f))
		f.locals[target] = value
		return when(value != nil)
	}
}

// lookUp is source[key], nil where there is none. An element of a set is its own key.
func lookUp(source, key *ast.Term) *ast.Term {
	if source == nil || key == nil {
		return nil
	}
	switch v := source.Value.(type) {
	case ast.Object:
		return v.Get(key)
	case *ast.Array:
		return v.Get(key)
	case ast.Set:
		if v.Contains(key) {
			return key
		}
	}
	return nil
}

func (l *loader) length(s *pb.LenStmt) step {
	source := l.operand(s.GetSource())
	return l.set(s.GetTarget(), func(f *frame) *ast.Term {
		if v, ok := source.of(f).Value.(interface{ Len() int }); ok {
			return ast.InternedTerm(v.Len())
		}
		return nil
	})
}

func comparison(a, b operand, equal bool) step {
	return func(f *frame) flow { return when(same(a.of(f), b.of(f)) == equal) }
}

func same(a, b *ast.Term) bool {
	if a == nil || b == nil {
		return a == b
	}
	return ast.ValueEqual(a.Value, b.Value)
}

func kind[T ast.Value](source operand) step {
	return func(f *frame) flow {
		if t := source.of(f); t != nil {
			_, is := t.Value.(T)
			return when(is)
		}
		return undefined
	}
}

func (l *loader) assignOnce(s *pb.AssignVarOnceStmt, at *ast.Location) step {
	source, target := l.operand(s.GetSource()), l.local(s.GetTarget())
	return func(f *frame) flow {
		value := source.of(f)
		if earlier := f.locals[target]; earlier != nil && !same(earlier, value) {
			return f.abort(conflict(at))
		}
		f.locals[target] = value
		return proceed
	}
}

func (l *loader) insert(s *pb.ObjectInsertStmt) step {
	object, key, value := l.local(s.GetObject()), l.operand(s.GetKey()), l.operand(s.GetValue())
	return func(f *frame) flow {
		f.locals[object].Value.(ast.Object).Insert(key.of(f), value.of(f))
		return proceed
	}
}

func (l *loader) insertOnce(s *pb.ObjectInsertOnceStmt, at *ast.Location) step {
	object, key, value := l.local(s.GetObject()), l.operand(s.GetKey()), l.operand(s.GetValue())
	return func(f *frame) flow {
		o, k, v := f.locals[object].Value.(ast.Object), key.of(f), value.of(f)
		if earlier := o.Get(k); earlier != nil && !same(earlier, v) {
			return f.abort(conflict(at))
		}
		o.Insert(k, v)
		return proceed
	}
}

// merge lays what rules define over what the data document holds at the same place.
func (l *loader) merge(s *pb.ObjectMergeStmt, at *ast.Location) step {
	a, b, target := l.local(s.GetA()), l.local(s.GetB()), l.local(s.GetTarget())
	return func(f *frame) flow {
		x, y := f.locals[a], f.locals[b]
		if x == nil || y == nil {
			f.locals[target] = cmp.Or(x, y)
			return proceed
		}
		base, ok := x.Value.(ast.Object)
		virtual, ok2 := y.Value.(ast.Object)
		if !ok || !ok2 {
			return f.abort(conflict(at))
		}
		merged, ok := base.Merge(virtual)
		if !ok {
			return f.abort(conflict(at))
		}
		f.locals[target] = ast.NewTerm(merged)
		return proceed
	}
}
