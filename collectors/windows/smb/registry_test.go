package smb

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"ssisaudit/collectors/windows/smb/rrp"
)

// liar is a registry service that answers as told and counts the handles it has given out.
type liar struct {
	count   uint32   // of sub-keys, as QueryInfoKey tells it
	names   []string // of sub-keys, as EnumKey tells them
	after   []string // names once all have been told; nil: the same
	refuses uint32   // Windows error of OpenKey
	fails   uint32   // Windows error of every reading call
	handles int
	hears   func(operation uint16) // called before an answer; may be nil
	out     bytes.Buffer
}

// Operations, [MS-RRP] 3.1.5.
const (
	callClose, callEnumKey, callOpenKey, callInfo = 5, 9, 15, 16
	noMoreItems                                   = 259
)

func (l *liar) Write(q []byte) (int, error) {
	le := binary.LittleEndian
	if q[2] == 11 { // bind: no address, one result, accepted, NDR
		l.say(12, q, append([]byte{0xb8, 0x10, 0xb8, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, q[52:72]...))
		return len(q), nil
	}
	if l.hears != nil {
		l.hears(le.Uint16(q[22:]))
	}
	handle := bytes.Repeat([]byte{7}, 20)
	var stub []byte
	result := l.fails
	switch le.Uint16(q[22:]) {
	case callOpenKey:
		stub, result = handle, l.refuses
		if result == 0 {
			l.handles++
		}
	case callClose:
		l.handles--
		stub, result = make([]byte, 20), 0
	case callInfo:
		stub = append(make([]byte, 8), le.AppendUint32(nil, l.count)...)
		stub = append(stub, make([]byte, 8*4)...)
	case callEnumKey:
		i := int(le.Uint32(q[44:]))
		if i >= len(l.names) {
			result = noMoreItems
			if l.after != nil {
				l.names, l.count, l.after = l.after, uint32(len(l.after)), nil
			}
			break
		}
		stub = enumerated(l.names[i])
	}
	l.say(2, q, append(make([]byte, 8), le.AppendUint32(stub, result)...))
	return len(q), nil
}

func enumerated(name string) []byte {
	le := binary.LittleEndian
	units := utf16.Encode([]rune(name + "\x00"))
	n := uint32(len(units))
	var b []byte
	for _, number := range []uint32{2*n | 2*n<<16, 1, n, 0, n} {
		b = le.AppendUint32(b, number)
	}
	for _, unit := range units {
		b = le.AppendUint16(b, unit)
	}
	return append(b, make([]byte, (4-len(b)%4)%4+8)...) // no class, no time
}

func (l *liar) say(kind byte, question, body []byte) {
	header := append([]byte{5, 0, kind, 3, 0x10, 0, 0, 0}, 0, 0, 0, 0)
	binary.LittleEndian.PutUint16(header[8:], uint16(16+len(body)))
	l.out.Write(append(append(header, question[12:16]...), body...))
}

func (l *liar) Read(b []byte) (int, error) {
	if l.out.Len() == 0 {
		return 0, io.EOF
	}
	return l.out.Read(b)
}

func (l *liar) Close() error { return nil }

// machineOf is a machine whose only pipes lead to these. The first one is the first to be used.
func machineOf(t *testing.T, liars ...*liar) *Machine {
	t.Helper()
	pipes := len(liars)
	life, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	m := &Machine{config: Config{Name: "SQLA", User: "x", Pipes: pipes}, life: life, end: end, pipes: newPool(pipes)}
	for _, l := range liars {
		conn, err := rrp.Bind(l)
		if err != nil {
			t.Fatal(err)
		}
		<-m.pipes.free
		m.pipes.idle <- &registry{conn: conn}
	}
	return m
}

func TestSubKeysAreTakenOnlyWhenAllWereTold(t *testing.T) {
	for name, c := range map[string]struct {
		registry liar
		want     []string
		says     string
	}{
		"as counted": {liar{count: 2, names: []string{"b", "a"}}, []string{"a", "b"}, ""},
		"one was added, then it stays": {liar{count: 1, names: []string{"a"}, after: []string{"a", "b"}},
			[]string{"a"}, ""},
		"more than counted":           {liar{count: 1, names: []string{"a", "b"}}, nil, "the key changed while it was read"},
		"fewer than counted":          {liar{count: 3, names: []string{"a", "b"}}, nil, "the key changed while it was read"},
		"fewer, then it stays":        {liar{count: 2, names: []string{"a"}, after: []string{"b"}}, []string{"b"}, ""},
		"one name twice":              {liar{count: 2, names: []string{"a", "A"}}, nil, `"A" was told twice`},
		"more than a registry can do": {liar{count: 20001}, nil, "more than the 20000 that are read"},
		"a key that vanishes":         {liar{count: 1, names: []string{"a"}, fails: 1018}, nil, "deleted meanwhile"},
	} {
		m := machineOf(t, &c.registry)
		got, err := m.SubKeys(context.Background(), "Cluster")
		if !slices.Equal(got, c.want) || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v; want %q, %q", name, got, err, c.want, c.says)
		}
		if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v is taken for absence", name, err)
		}
	}
}

func TestSeveralPipesTellTheSubKeysOfOneKey(t *testing.T) {
	names := strings.Split("a b c d e f g h i j k l", " ")
	for name, c := range map[string]struct {
		second liar   // at the end of the second pipe
		says   string // the error; none where a second look may find all names
	}{
		"each tells some":                     {liar{names: names}, ""},
		"one finds the end too early":         {liar{names: names[:1]}, ""},
		"one tells names that came meanwhile": {liar{names: append([]string{"0"}, names...)}, ""},
		"one can no longer find the key":      {liar{refuses: 2}, "no such key"},
		"one is refused":                      {liar{refuses: 5}, "access denied"},
		"one breaks":                          {liar{names: names, fails: 1018}, "deleted meanwhile"},
	} {
		// The first pipe does not tell b before the second one had its say.
		first, second := liar{count: uint32(len(names)), names: names}, &c.second
		heard, told, asked := make(chan struct{}), 0, 0
		first.hears = func(operation uint16) {
			if told++; operation == callEnumKey && told == 4 { // after OpenKey, QueryInfoKey and a
				select {
				case <-heard:
				case <-time.After(5 * time.Second):
					t.Errorf("%s: the second pipe is not used, or closes no key", name)
				}
			}
		}
		second.hears = func(uint16) {
			if asked++; asked == 3 || asked == 1 && second.refuses != 0 {
				close(heard)
			}
		}
		m := machineOf(t, &first, second)
		got, err := m.SubKeys(context.Background(), "Cluster")
		m.running.Wait()
		if c.says == "" && err == nil {
			if !slices.Equal(got, names) {
				t.Errorf("%s: %q are told", name, got)
			}
		} else if err == nil || !strings.Contains(err.Error(), cmp.Or(c.says, errChanged.Error())) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.says)
		}
		if first.handles != 0 || second.handles != 0 {
			t.Errorf("%s: %d and %d handles stay open", name, first.handles, second.handles)
		}
	}
}

func TestOnlyOpeningAKeyCanFindItAbsent(t *testing.T) {
	for name, c := range map[string]struct {
		registry liar
		kind     error
	}{
		"opening: no such key":   {liar{refuses: 2}, fs.ErrNotExist},
		"opening: no such path":  {liar{refuses: 3}, fs.ErrNotExist},
		"opening: access denied": {liar{refuses: 5}, fs.ErrPermission},
		"opening: key deleted":   {liar{refuses: 1018}, nil},
		"reading: no such key":   {liar{count: 1, names: []string{"a"}, fails: 2}, nil},
		"reading: access denied": {liar{count: 1, names: []string{"a"}, fails: 5}, fs.ErrPermission},
	} {
		_, err := machineOf(t, &c.registry).SubKeys(context.Background(), "Cluster")
		for _, kind := range []error{fs.ErrNotExist, fs.ErrPermission} {
			if err == nil || errors.Is(err, kind) != (kind == c.kind) {
				t.Errorf("%s: is %v %q? %v", name, err, kind, errors.Is(err, kind))
			}
		}
	}
}

func TestAKeyOfTheClusterHiveIsClosedHoweverReadingItEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	for name, l := range map[string]*liar{"well": {}, "badly": {fails: 1018}, "by an answer that cannot be": {count: 20001}} {
		m := machineOf(t, l)
		_, _ = m.SubKeys(ctx, "Cluster")
		m.running.Wait()
		if l.handles != 0 {
			t.Errorf("when reading ends %s, %d handles stay open", name, l.handles)
		}
	}
	l := &liar{names: []string{"a"}}
	m := machineOf(t, l)
	_, _ = withKey(ctx, m, "Cluster", func(*registry, rrp.Handle) (int, error) {
		if l.handles != 1 {
			t.Errorf("%d handles are open while a key is read; this test cannot fail", l.handles)
		}
		cancel()
		return 0, ctx.Err()
	})
	m.running.Wait()
	if l.handles != 0 {
		t.Errorf("when the context ends, %d handles stay open", l.handles)
	}
}

func TestOtherKeysAreLeftToTheEndOfTheirPipeButNotTooMany(t *testing.T) {
	l := &liar{}
	m := machineOf(t, l)
	for i := range 2 * mostLeft {
		if _, err := m.SubKeys(context.Background(), `SYSTEM\CurrentControlSet\Services`); err != nil {
			t.Fatal(err)
		}
		m.running.Wait()
		if want := min(i+1, mostLeft); l.handles != want {
			t.Fatalf("after %d keys %d handles are open, want %d", i+1, l.handles, want)
		}
	}
	for key, in := range map[string]bool{"Cluster": true, `cluster\Nodes\1`: true, "ClusterX": false, `SYSTEM\Cluster`: false} {
		if inClusterHive(key) != in {
			t.Errorf("%s is in the cluster's hive: %v, want %v", key, !in, in)
		}
	}
}
