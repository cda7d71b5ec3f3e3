package smb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/collectors/windows/smb"
)

// soon is the budget of operations that are to run out of time.
const soon = 300 * time.Millisecond

func TestSigningOnFailsWithTheReasonAndWithoutThePassword(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, sambatest.Config{Name: "SQLA"})
	guests := sambatest.Start(t, sambatest.Config{Name: "SQLA", Options: []string{"map to guest = Bad User"}})
	old := sambatest.Start(t, sambatest.Config{Name: "SQLA",
		Options: []string{"server min protocol = SMB2_02", "server max protocol = SMB2_10"}})
	const password = "not-the-right-one"
	for name, c := range map[string]struct {
		address, user string
		kind          error
		says          string
	}{
		"a wrong password": {server.Address, server.User, fs.ErrPermission,
			`logon failure: CONTOSO\ssisaudit or its password is wrong; check the account`},
		"an account that is not there": {server.Address, "nobody-knows", fs.ErrPermission, "logon failure"},
		"a server that makes strangers guests, who cannot sign": {guests.Address, "nobody-knows", nil,
			"lets it in as a guest, so that its answers could not be signed"},
		"a server that knows SMB 2 only": {old.Address, old.User, nil, "SQLA offers no SMB 3"},
		"a port where nobody listens": {closedPort(t), "x", nil,
			"connection refused; check that the Server service runs"},
		"a name that is in no DNS": {"no-such-machine.invalid:445", "x", nil,
			"the name no-such-machine.invalid cannot be resolved; check the name"},
		"a server that speaks something else": {listenSaying(t, []byte("HTTP/1.1 400 Bad Request\r\n\r\n")), "x", nil,
			"connecting to SQLA at 127.0.0.1:"},
		"a server that sends an endless frame": {listenSaying(t, []byte{0, 0xff, 0xff, 0xff, 0xfe, 'S', 'M', 'B'}), "x", nil,
			"SQLA did not answer in time"},
		"a server that answers several things in one frame": {listenSaying(t, compoundFrame()), "x", nil,
			"it answers with several messages at once"},
		"a server that is silent": {listenSaying(t, nil), "x", nil,
			"SQLA did not answer in time; check that it is up"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			if strings.Contains(c.says, "in time") {
				ctx, cancel = context.WithTimeout(context.Background(), soon)
			}
			defer cancel()
			_, err := smb.Open(ctx, smb.Config{Name: "SQLA", Address: c.address, User: c.user, Domain: "CONTOSO",
				Password: secret.New(password)})
			wantError(t, err, c.kind, c.says)
			if strings.Contains(fmt.Sprintf("%+v", err), password) {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

func TestOlderServersAreReadOverTheSMB3TheyHave(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"SMB3_02", "SMB3_00"} {
		server := sambatest.Start(t, sambatest.Config{Options: []string{"server max protocol = " + dialect},
			Files: map[string][]byte{`C:\x\y.txt`: []byte("content")}})
		content, err := open(t, clientOf(server)).File(context.Background(), `C:\x\y.txt`)
		if err != nil || string(content) != "content" {
			t.Errorf("%s: %q, %v", dialect, content, err)
		}
	}
}

func TestAServerThatEncryptsEverythingIsRead(t *testing.T) {
	t.Parallel()
	config := node()
	config.Options = []string{"server smb encrypt = required"}
	m := open(t, clientOf(sambatest.Start(t, config)))
	if _, err := m.Values(context.Background(), allTypes, "Text"); err != nil {
		t.Error(err)
	}
}

func TestWithoutRemoteRegistryFilesAreReadAndKeysAreUnknown(t *testing.T) {
	t.Parallel()
	config := node()
	config.NoRemoteRegistry = true
	m := open(t, clientOf(sambatest.Start(t, config)))
	_, err := m.SubKeys(context.Background(), "Cluster")
	wantError(t, err, nil, "opening the registry of SQLA: the Remote Registry service is not available; "+
		"start the service RemoteRegistry on SQLA")
	if l := facts.LackOf(err); l == nil || l.Right != facts.RightRemoteRegistry {
		t.Errorf("the missing right is %+v", l)
	}
	if _, err := m.File(context.Background(), settingsPath); err != nil {
		t.Error(err)
	}
}

// What keeps packets from arriving is a firewall, if it is not the machine; what refuses them is neither.
func TestAMachineThatDoesNotAnswerLacksAnOpenPort(t *testing.T) {
	t.Parallel()
	config := smb.Config{Name: "SQLA", Address: "127.0.0.1:1", User: `CONTOSO\audit`, Password: secret.New("x")}
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err := smb.Open(late, config)
	wantError(t, err, nil, "no answer; check that the machine is up and that no firewall drops TCP 445")
	if l := facts.LackOf(err); l == nil || l.Right != facts.RightPort {
		t.Errorf("the missing right is %+v", l)
	}
	_, err = smb.Open(t.Context(), config)
	wantError(t, err, nil, "connection refused")
	if l := facts.LackOf(err); l != nil {
		t.Errorf("the missing right is %+v", l)
	}
}

func TestAnAnswerThatWasChangedOnTheWayIsNotBelieved(t *testing.T) {
	t.Parallel()
	machine := node()
	machine.Options = []string{"server signing = auto"} // the server signs only if we insist
	server := sambatest.Start(t, machine)
	between := startProxy(t, server.Address)
	config := clientOf(server)
	config.Address = between.address
	m := open(t, config)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	key := `Cluster\Groups\6f1ab4c2`
	genuine, err := m.Values(ctx, key, "Name")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, genuine, map[string]windows.Value{"Name": text("SSIS Scale Out Master")})
	between.forge(wide("Scale Out"), wide("SCALE OUT"))
	_, err = m.Values(ctx, key, "Name")
	if between.forged() == 0 {
		t.Fatal("nothing was changed: this test cannot fail")
	}
	wantError(t, err, nil, "signature")
}

func TestAReadIsGivenUpWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, node())
	for name, read := range map[string]func(context.Context, *smb.Machine) error{
		"values":   func(ctx context.Context, m *smb.Machine) error { _, err := m.Values(ctx, allTypes); return err },
		"sub-keys": func(ctx context.Context, m *smb.Machine) error { _, err := m.SubKeys(ctx, rootStore); return err },
		"a file":   func(ctx context.Context, m *smb.Machine) error { _, err := m.File(ctx, settingsPath); return err },
	} {
		t.Run(name, func(t *testing.T) {
			between := startProxy(t, server.Address)
			config := clientOf(server)
			config.Address, config.Pipes = between.address, 2
			m := open(t, config)
			if err := read(context.Background(), m); err != nil {
				t.Fatal(err)
			}
			between.stall()
			for range 3 { // more than there are pipes: waiting for one ends as well
				ctx, cancel := context.WithTimeout(context.Background(), soon)
				err := read(ctx, m)
				cancel()
				wantError(t, err, nil, "SQLA did not answer in time")
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v is not context.DeadlineExceeded", err)
				}
			}
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(soon, cancel)
			if err := read(ctx, m); !errors.Is(err, context.Canceled) {
				t.Errorf("%v is not context.Canceled", err)
			}
			between.resume()
			if err := read(context.Background(), m); err != nil {
				t.Errorf("after the server came back: %v", err)
			}
		})
	}
}

func TestClosingEndsWhatIsStillBeingRead(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, node())
	between := startProxy(t, server.Address)
	config := clientOf(server)
	config.Address = between.address
	m := open(t, config)
	between.stall()
	read := make(chan error)
	for range 3 {
		go func() {
			_, err := m.Values(context.Background(), allTypes)
			read <- err
		}()
	}
	time.Sleep(soon)
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	for range 3 {
		wantError(t, <-read, nil, "the connection ")
	}
	_, err := m.SubKeys(context.Background(), "SYSTEM")
	wantError(t, err, nil, "the connection is closed")
}

func TestAServerThatDiesIsAnError(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, node())
	between := startProxy(t, server.Address)
	config := clientOf(server)
	config.Address = between.address
	m := open(t, config)
	if _, err := m.SubKeys(context.Background(), "Cluster"); err != nil {
		t.Fatal(err)
	}
	between.cut()
	_, err := m.SubKeys(context.Background(), "Cluster")
	wantError(t, err, nil, "the connection to SQLA broke off: check the network")
	_, err = m.File(context.Background(), settingsPath)
	wantError(t, err, nil, "the connection to SQLA broke off: check the network")
}

func TestConfigurationMistakesAreNamedBeforeAnythingIsSent(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "krb5.conf")
	valid := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(valid, []byte("[libdefaults]\n default_realm = CONTOSO.COM\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "ccache")
	if err := os.WriteFile(broken, []byte{5}, 0o600); err != nil {
		t.Fatal(err)
	}
	silent := listenSaying(t, nil)
	password := secret.New("x")
	kerberos := func(user string, k smb.Kerberos) smb.Config {
		return smb.Config{Name: "SQLA", Address: silent, User: user, Kerberos: &k}
	}
	for says, config := range map[string]smb.Config{
		"needs the machine's name":                   {},
		"no account is named for SQLA":               {Name: "SQLA", Password: password},
		"no password is given for x on SQLA":         {Name: "SQLA", User: "x"},
		"names two domains, CONTOSO and FABRIK":      {Name: "SQLA", User: `FABRIK\x`, Domain: "CONTOSO", Password: password},
		"17 registry pipes to SQLA":                  {Name: "SQLA", User: "x", Password: password, Pipes: 17},
		"no krb5.conf is named":                      kerberos("", smb.Kerberos{}),
		"reading the Kerberos configuration":         kerberos("", smb.Kerberos{Config: missing}),
		"run kinit first":                            kerberos("", smb.Kerberos{Config: valid, CCache: missing}),
		"cannot be decoded":                          kerberos("", smb.Kerberos{Config: valid, CCache: broken}),
		"a user is needed":                           kerberos("", smb.Kerberos{Config: valid, Keytab: missing}),
		"reading the keytab":                         kerberos("x", smb.Kerberos{Config: valid, Keytab: missing}),
		"a credential cache, a keytab or a password": kerberos("x", smb.Kerberos{Config: valid}),
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_, err := smb.Open(ctx, config)
		cancel()
		wantError(t, err, nil, says)
	}
}

// compoundFrame is an answer whose header names another one behind it, [MS-SMB2] 2.2.1.2 NextCommand.
func compoundFrame() []byte {
	frame := append([]byte{0, 0, 0, 64, 0xfe, 'S', 'M', 'B', 64}, make([]byte, 59)...)
	frame[4+20] = 72
	return frame
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
