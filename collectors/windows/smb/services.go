package smb

import (
	"context"
	"errors"
	"fmt"

	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/smb/rpc"
	"ssisaudit/collectors/windows/smb/scmr"
)

// manager is a pipe to the Service Control Manager with its database open. There is one, beside the registry's pipes, so
// that nobody waits for it who does not ask for services.
type manager struct {
	conn *scmr.Conn
	root rpc.Handle
}

// ServiceState implements windows.Machine. Questions that come at the same time are asked one after the other.
func (m *Machine) ServiceState(ctx context.Context, service string) (windows.ServiceState, error) {
	doing := fmt.Sprintf("reading the state of service %s on %s", service, m.config.Name)
	return run(ctx, m, doing, func(answer func(windows.ServiceState, error)) {
		var scm *manager
		select {
		case scm = <-m.scm:
		case <-m.life.Done():
			answer("", m.life.Err())
			return
		case <-ctx.Done():
			answer("", ctx.Err())
			return
		}
		sound := false
		defer func() { m.giveBack(scm, sound) }()
		if scm == nil {
			var err error
			if scm, err = m.openManager(ctx); err != nil {
				answer("", err)
				return
			}
		}
		handle, err := scm.conn.OpenService(scm.root, service)
		if err != nil {
			sound = true
			answer("", m.openServiceError(doing, service, err))
			return
		}
		answer(m.queryService(scm, doing, handle))
		sound = scm.conn.CloseHandle(handle) == nil
	})
}

// WhereService names what a person can type to see the same.
func (m *Machine) WhereService(service string) string {
	return fmt.Sprintf(`sc.exe \\%s query %s`, m.config.Name, service)
}

// giveBack lets the next one ask. A pipe that failed, or whose user did, is closed.
func (m *Machine) giveBack(scm *manager, sound bool) {
	if scm != nil && (!sound || scm.conn.Broken() != nil) {
		_ = scm.conn.Close()
		scm = nil
	}
	m.scm <- scm
}

func (m *Machine) openManager(ctx context.Context) (*manager, error) {
	doing := fmt.Sprintf("opening the Service Control Manager of %s", m.config.Name)
	pipe, err := m.openPipe(ctx, doing, "svcctl", managerRefusal)
	if err != nil {
		return nil, err
	}
	conn, err := scmr.Bind(pipe)
	if err != nil {
		_ = pipe.Close()
		return nil, m.config.rpcFailure(doing, err)
	}
	root, err := conn.OpenManager()
	if err != nil {
		_ = conn.Close()
		return nil, m.config.rpcFailure(doing, err)
	}
	return &manager{conn, root}, nil
}

// openServiceError is the one place where a service is found not to be there.
func (m *Machine) openServiceError(doing, service string, err error) error {
	if errors.Is(err, rpc.ErrNoSuchService) {
		return &Error{fmt.Sprintf("%s has no service %s", m.config.Name, service), err}
	}
	return m.config.rpcFailure(doing, err)
}

func (m *Machine) queryService(scm *manager, doing string, handle rpc.Handle) (windows.ServiceState, error) {
	number, err := scm.conn.QueryStatus(handle)
	if err != nil {
		return "", m.config.rpcFailure(doing, err)
	}
	state, err := windows.ServiceStateOf(number)
	if err != nil {
		return "", m.config.rpcFailure(doing, err)
	}
	return state, nil
}
