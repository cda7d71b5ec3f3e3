package sambatest

import (
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// process is one of Samba's daemons in the foreground, with its children in a process group of its own.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	log   string
	ended chan struct{}
}

// start starts a daemon and stops it when the test ends. Samba's daemons end when their standard input does, so that
// they do not outlive a test that is killed.
func (s *Server) start(tb testing.TB, program string, args ...string) *process {
	args = append(args, "--foreground", "--no-process-group", "--configfile", s.path("smb.conf"))
	p := &process{cmd: exec.Command(program, args...), log: s.path("out"), ended: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		tb.Fatalf("starting %s: %v", program, err)
	}
	defer func() { _ = out.Close() }()
	p.cmd.Env = environment()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	ownGroup(p.cmd)
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		tb.Fatalf("starting %s: %v", program, err)
	}
	if err := p.cmd.Start(); err != nil {
		tb.Fatalf("starting %s: %v", program, err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	tb.Cleanup(p.stop)
	return p
}

// stop lets the daemon end by itself, and ends what is left of its group.
func (p *process) stop() {
	_ = p.stdin.Close()
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
	}
	killGroup(p.cmd)
	<-p.ended
}

func (p *process) output() []byte {
	text, _ := os.ReadFile(p.log)
	return text
}
