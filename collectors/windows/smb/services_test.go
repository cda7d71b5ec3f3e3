package smb_test

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"testing"

	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/collectors/windows/smb"
)

// Samba's Service Control Manager itself knows the services that Samba plays.
func TestTheStatesOfSambasOwnServices(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, sambatest.Config{Options: []string{"svcctl list = SSISScaleOutMaster150"}})
	m := open(t, clientOf(server))
	for service, want := range map[string]windows.ServiceState{
		"RemoteRegistry": windows.ServiceRunning, "Spooler": windows.ServiceStopped,
	} {
		if got, err := m.ServiceState(context.Background(), service); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", service, got, err, want)
		}
	}
	_, err := m.ServiceState(context.Background(), "SSISScaleOutMaster160")
	wantError(t, err, fs.ErrNotExist, "SQLA has no service SSISScaleOutMaster160")
	// Samba opens it and then refuses to tell its state.
	_, err = m.ServiceState(context.Background(), "SSISScaleOutMaster150")
	wantError(t, err, fs.ErrPermission, `reading the state of service SSISScaleOutMaster150 on SQLA: access denied to `+
		`CONTOSO\ssisaudit; use a domain account that is a local administrator on SQLA`)
}

func playing(states map[string]windows.ServiceState) sambatest.Config {
	return sambatest.Config{Services: states, LimitedUser: "reader", LimitedPassword: "Pa55-of-the-reader"}
}

func TestEveryStateHasItsName(t *testing.T) {
	t.Parallel()
	states := map[string]windows.ServiceState{}
	for _, state := range []windows.ServiceState{"stopped", "start_pending", "stop_pending", "running",
		"continue_pending", "pause_pending", "paused"} {
		states["Service "+string(state)] = state
	}
	m := open(t, clientOf(sambatest.Start(t, playing(states))))
	var all sync.WaitGroup
	for service, want := range states {
		for range 3 {
			all.Go(func() {
				if got, err := m.ServiceState(context.Background(), service); err != nil || got != want {
					t.Errorf("%s is %q, %v", service, got, err)
				}
			})
		}
	}
	all.Wait()
	if got, want := m.WhereService("x"), `sc.exe \\SQLA query x`; got != want {
		t.Errorf("states are read by %q, want %q", got, want)
	}
}

func TestAnAccountThatMayNotAskForServicesIsRefused(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, playing(map[string]windows.ServiceState{"x": windows.ServiceRunning}))
	config := clientOf(server)
	config.User, config.Password = "reader", secret.New(server.LimitedPassword)
	for _, service := range []string{"x", "not there either"} {
		_, err := open(t, config).ServiceState(context.Background(), service)
		wantError(t, err, fs.ErrPermission, "opening the Service Control Manager of SQLA: access denied to reader; "+
			"use a domain account that is a local administrator on SQLA")
	}
}

func TestWithoutAServiceControlManagerStatesAreUnknown(t *testing.T) {
	t.Parallel()
	config := node()
	config.NoRemoteRegistry = true // no service of Samba's at all
	m := open(t, clientOf(sambatest.Start(t, config)))
	_, err := m.ServiceState(context.Background(), "x")
	wantError(t, err, nil, "opening the Service Control Manager of SQLA: its Service Control Manager does not answer over "+
		"the network; check that nothing on SQLA keeps")
}

func TestAStateIsGivenUpWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, playing(map[string]windows.ServiceState{"x": windows.ServiceRunning}))
	between := startProxy(t, server.Address)
	config := clientOf(server)
	config.Address = between.address
	m := open(t, config)
	read := func(ctx context.Context) error { _, err := m.ServiceState(ctx, "x"); return err }
	if err := read(context.Background()); err != nil {
		t.Fatal(err)
	}
	between.stall()
	for range 2 { // the second one waits for the pipe
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		err := read(ctx)
		cancel()
		wantError(t, err, nil, "SQLA did not answer in time")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is not context.DeadlineExceeded", err)
		}
	}
	between.resume()
	if err := read(context.Background()); err != nil {
		t.Errorf("after the server came back: %v", err)
	}
	between.cut()
	wantError(t, read(context.Background()), nil, "the connection to SQLA broke off: check the network")
}

// The first question opens the pipe: a bind, and the manager. Every state then takes two round trips, and one that
// nobody waits for; a service that is not there takes one.
func TestStatesTakeFewRoundTrips(t *testing.T) {
	t.Parallel()
	m := open(t, clientOf(sambatest.Start(t, playing(map[string]windows.ServiceState{"x": windows.ServiceRunning}))))
	for _, service := range []string{"x", "y", "x"} {
		_, _ = m.ServiceState(context.Background(), service)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := smb.Trips(m), int64(2+3+1+3); got != want {
		t.Errorf("%d round trips, want %d", got, want)
	}
}
