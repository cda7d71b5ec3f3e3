package smb

import (
	"context"
	"strings"
	"testing"

	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/smb/rpc/rpctest"
	"ssisaudit/collectors/windows/smb/scmr"
)

// managedBy is a machine whose pipe to the Service Control Manager is open and answers like that.
func managedBy(t *testing.T, answers ...rpctest.Answer) *Machine {
	t.Helper()
	conn, err := scmr.Bind(&rpctest.Peer{Answers: append([]rpctest.Answer{rpctest.Accept}, answers...)})
	if err != nil {
		t.Fatal(err)
	}
	life, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	m := &Machine{config: Config{Name: "SQLA", User: "x"}, life: life, end: end, scm: make(chan *manager, 1)}
	m.scm <- &manager{conn: conn}
	return m
}

func TestAPipeIsKeptForTheNextQuestionUnlessItFailed(t *testing.T) {
	opened := rpctest.Whole(rpctest.Join(make([]byte, 19), []byte{1}, rpctest.Numbers(0))...)
	state := func(number uint32) rpctest.Answer {
		return rpctest.Whole(rpctest.Numbers(0x10, number, 0, 0, 0, 0, 0, 0)...)
	}
	closed := rpctest.Whole(make([]byte, 24)...)
	for name, c := range map[string]struct {
		answers []rpctest.Answer
		state   windows.ServiceState
		says    string
		kept    bool
	}{
		"a state":               {[]rpctest.Answer{opened, state(4), closed}, "running", "", true},
		"no such service":       {[]rpctest.Answer{rpctest.Whole(append(make([]byte, 20), rpctest.Numbers(1060)...)...)}, "", "SQLA has no service", true},
		"a state of no meaning": {[]rpctest.Answer{opened, state(8), closed}, "", "none that Windows knows", true},
		"an answer cut short":   {[]rpctest.Answer{opened, rpctest.Whole(rpctest.Numbers(4, 0)...)}, "", "the answer ends early", false},
		"a handle that is null": {[]rpctest.Answer{closed}, "", "a handle that is null", false},
		"a close that fails":    {[]rpctest.Answer{opened, state(1)}, "stopped", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			m := managedBy(t, c.answers...)
			got, err := m.ServiceState(context.Background(), "x")
			if got != c.state || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q, %v; want %q, %q", got, err, c.state, c.says)
			}
			m.running.Wait()
			if kept := <-m.scm != nil; kept != c.kept {
				t.Errorf("the pipe is kept: %t", kept)
			}
		})
	}
}
