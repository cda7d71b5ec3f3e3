package smb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	smb2 "github.com/cloudsoda/go-smb2"
)

// dialects are tried in this order, each on a connection of its own: go-smb2 would otherwise offer SMB 2 as well.
// SMB 3.1.1 is Windows Server 2016 and later, 3.0.2 and 3.0 are 2012 R2 and 2012.
var dialects = []uint16{0x0311, 0x0302, 0x0300}

// Open connects to a machine and signs on. The context is for that alone; what is read later brings its own.
func Open(ctx context.Context, config Config) (*Machine, error) {
	c, err := config.complete()
	if err != nil {
		return nil, err
	}
	doing := fmt.Sprintf("connecting to %s at %s", c.Name, c.Address)
	type opened struct {
		m   *Machine
		err error
	}
	var connected atomic.Bool
	late := func() error {
		if connected.Load() {
			return c.late(ctx, doing)
		}
		return c.unreachable(ctx, doing, ctx.Err())
	}
	done := make(chan opened, 1)
	go func() {
		var o opened
		if err := guard(func() error {
			o.m, o.err = c.signOn(ctx, doing, &connected)
			return nil
		}); err != nil {
			o.err = c.failure(doing, err)
		}
		done <- o
	}()
	select {
	case o := <-done:
		if o.err != nil && ctx.Err() != nil {
			return nil, late()
		}
		return o.m, o.err
	case <-ctx.Done(): // the Kerberos library does not listen to contexts
		go func() {
			if o := <-done; o.m != nil {
				_ = o.m.Close()
			}
		}()
		return nil, late()
	}
}

func (c Config) signOn(ctx context.Context, doing string, connected *atomic.Bool) (*Machine, error) {
	var err error
	for _, dialect := range dialects {
		var m *Machine
		if m, err = c.signOnWith(ctx, doing, dialect, connected); err == nil {
			return m, nil
		}
		if !errors.Is(err, errDialect) {
			return nil, err
		}
	}
	return nil, err
}

// errDialect is why the next older dialect is tried.
var errDialect = errors.New("the machine does not speak the SMB dialect that was offered")

func (c Config) signOnWith(ctx context.Context, doing string, dialect uint16, connected *atomic.Bool) (*Machine, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.Address)
	if err != nil {
		return nil, c.unreachable(ctx, doing, err)
	}
	connected.Store(true)
	initiator, err := c.initiator()
	if err != nil {
		_ = conn.Close()
		return nil, &Error{fmt.Sprintf("%s: %s", doing, plain(err)), conceal(err)}
	}
	watch := &handshake{Conn: conn}
	dialer := smb2.Dialer{
		Negotiator: smb2.Negotiator{RequireMessageSigning: true, SpecifiedDialect: dialect},
		Initiator:  initiator,
	}
	var session *smb2.Session
	err = guard(func() (err error) {
		session, err = dialer.DialConn(ctx, watch, c.Address)
		return err
	})
	seen := watch.end()
	if err == nil && !seen.guest && !seen.compound && dialer.Negotiator.SpecifiedDialect == dialect {
		return newMachine(c, conn, session), nil
	}
	_ = conn.Close()
	switch {
	case seen.compound:
		return nil, &Error{fmt.Sprintf("%s: it answers with several messages at once, which nobody asked for and Windows does "+
			"not do, so that it is not trusted; check that %s is the machine's SMB port", doing, c.Address), conceal(err)}
	case seen.guest:
		return nil, &Error{fmt.Sprintf("%s: %s does not check %s but lets it in as a guest, so that its answers could not be "+
			"signed and cannot be trusted; use an account that %s knows, and disable its guest account",
			doing, c.Name, c.account(), c.Name), conceal(err)}
	case err == nil: // go-smb2 gave way to a server that insists on SMB 2
		return nil, c.refused(doing, c.fill(refusals[statusNotSupported]), errDialect)
	}
	return nil, c.signOnFailure(doing, err, seen.status)
}

// signOnFailure explains why a session could not be set up. Status is the last one seen, for errors that lost theirs.
func (c Config) signOnFailure(doing string, err error, status uint32) error {
	var invalid *smb2.InvalidResponseError
	if code := statusOf(err); code != 0 || !errors.As(err, &invalid) {
		status = code
	}
	if status == statusNotSupported {
		return c.refused(doing, c.fill(refusals[status]), errDialect)
	}
	if r, ok := c.refusal(status); ok {
		return c.refused(doing, r, err)
	}
	if c.Kerberos != nil && errors.As(err, &invalid) {
		return &Error{fmt.Sprintf("%s: signing on with Kerberos as %s failed: %s; check the ticket (klist), the service "+
			"principal name %s and the clocks", doing, c.account(), plain(err), c.spn()), conceal(err)}
	}
	return c.failure(doing, err)
}
