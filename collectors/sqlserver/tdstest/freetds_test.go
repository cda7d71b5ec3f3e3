package tdstest_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/sqlserver/tdstest"
)

// tsql runs FreeTDS's tsql, a client that nobody here wrote, with the lines as its input.
func tsql(t *testing.T, srv *tdstest.Server, encryption, secret string, lines ...string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("tsql")
	if err != nil {
		t.Fatal("tsql is missing: install the Debian package freetds-bin")
	}
	host, port, err := net.SplitHostPort(srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(t.TempDir(), "freetds.conf")
	text := fmt.Sprintf("[global]\ntds version = 7.4\nclient charset = UTF-8\n\n[tested]\nhost = %s\nport = %s\n"+
		"encryption = %s\nca file = %s\ncheck certificate hostname = yes\ntimeout = 20\nconnect timeout = 20\n",
		host, port, encryption, rootFile(t, srv))
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(patient(t), program, "-S", "tested", "-U", "audit", "-P", secret, "-o", "q")
	cmd.Env = append(os.Environ(), "FREETDSCONF="+conf, "LC_ALL=C.UTF-8")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestFreeTDSLogsInAndReadsResults(t *testing.T) {
	everything := tdstest.Answer(
		tdstest.ResultSet{
			Columns: []tdstest.Column{
				{Name: "name", Type: tdstest.NVarChar(128)}, {Name: "connection", Type: tdstest.NVarChar(tdstest.Max)},
				{Name: "port", Type: tdstest.Int}, {Name: "rows", Type: tdstest.BigInt},
				{Name: "version", Type: tdstest.SmallInt}, {Name: "state", Type: tdstest.TinyInt},
				{Name: "enabled", Type: tdstest.Bit}, {Name: "id", Type: tdstest.UniqueIdentifier},
				{Name: "sid", Type: tdstest.VarBinary(85)}, {Name: "blob", Type: tdstest.VarBinary(tdstest.Max)},
				{Name: "online", Type: tdstest.DateTimeOffset},
			},
			Rows: [][]any{
				{"SQLA 한국어", "Data Source=agl,1433;", 1433, int64(1) << 40, 160, 255, true,
					"6F9619FF-8B86-D011-B42D-00C04FC964FF", []byte{0xCA, 0xFE}, []byte{1},
					time.Date(2024, 2, 29, 12, 30, 0, 0, time.FixedZone("", 9*3600))},
				{"", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
			},
		},
		tdstest.ResultSet{Columns: name},
		tdstest.Exec{Steps: []tdstest.Step{names("within a procedure")}},
		tdstest.Info{Number: 50001, Message: "a message that is no error"},
		tdstest.Error{Number: 976, Class: 14, Message: "The target database, 'SSISDB', is participating in an " +
			"availability group and is currently not accessible for queries."},
	)
	for _, test := range []struct {
		server    tdstest.Encryption
		client    string
		encrypted bool
	}{
		{tdstest.Required, "require", true},
		{tdstest.Required, "request", true},
		{tdstest.LoginOnly, "require", true},
		{tdstest.LoginOnly, "request", false},
		{tdstest.NotSupported, "off", false},
	} {
		t.Run(fmt.Sprintf("server %d, client %s", test.server, test.client), func(t *testing.T) {
			srv := tdstest.Start(t, tdstest.Config{Users: users, Encryption: test.server, ServerName: "SQLA",
				Handler: tdstest.Script{"SELECT everything": everything, "SELECT 1": one}.Handler()})
			out, err := tsql(t, srv, test.client, password, "SELECT everything", "GO", "SELECT 1", "GO", "exit")
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{
				"name\tconnection\tport\trows\tversion\tstate\tenabled\tid\tsid\tblob\tonline\n",
				"SQLA 한국어\tData Source=agl,1433;\t1433\t1099511627776\t160\t255\t1\t" +
					"6F9619FF-8B86-D011-B42D-00C04FC964FF\tcafe\t01\tFeb 29 2024 12:30PM\n",
				"\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\n",
				"name\nname\nwithin a procedure\n", // the columns of an empty result set come first,
				"a message that is no error",
				"Msg 976 (severity 14, state 1) from SQLA Line 1:",
				"currently not accessible for queries.",
				"n\n1\n",
			} {
				if !strings.Contains(out, want) {
					t.Errorf("tsql did not print %q", want)
				}
			}
			if got := srv.Logins()[0].Encrypted; got != test.encrypted {
				t.Errorf("the connection was encrypted: %v, want %v", got, test.encrypted)
			}
			if t.Failed() {
				t.Logf("tsql printed:\n%s", out)
			}
		})
	}
}

func TestFreeTDSIsRefusedWithAWrongPassword(t *testing.T) {
	srv := tdstest.Start(t, tdstest.Config{Users: users})
	out, err := tsql(t, srv, "require", "wrong", "SELECT 1", "GO", "exit")
	if err == nil || !strings.Contains(out, "Msg 18456") || !strings.Contains(out, "Login failed for user 'audit'.") {
		t.Errorf("tsql ended with %v and printed:\n%s", err, out)
	}
}

func TestFreeTDSRefusesACertificateForAnotherName(t *testing.T) {
	other := tdstest.Start(t, tdstest.Config{Users: users, Addr: "127.0.0.22:0"})
	// Dialled by an address that its certificate does not name.
	srv := tdstest.Start(t, tdstest.Config{Users: users, Certificate: other.Certificate()})
	if out, err := tsql(t, srv, "require", password, "exit"); err == nil {
		t.Errorf("tsql accepted it and printed:\n%s", out)
	}
	if got := srv.Logins(); len(got) != 0 {
		t.Errorf("the server saw logins: %v", got)
	}
}
