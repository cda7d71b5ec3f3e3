package sqlserver_test

import (
	"errors"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// Two replicas in the inventory whose addresses lead to one server: the second was never seen.
func TestAnInstanceThatIsNotTheOneNamedIsNotRead(t *testing.T) {
	srv := start(t, sqltest.Primary())
	if _, _, err := sqlserver.Read(t.Context(), target(t, srv, "SQLA"), now); err != nil {
		t.Fatal(err)
	}
	before := len(srv.Queries())
	to := target(t, srv, "SQLB")
	to.HostNameInCertificate = "SQLA"
	err := refused(t, to, "SQLB answered as SQLA; correct its address, or write the name that SQL Server uses "+
		"(SERVERPROPERTY('ServerName')) in the inventory")
	if strings.Contains(err.Error(), "logging in") {
		t.Errorf("the login worked, and the error is %q", err)
	}
	if n := len(srv.Queries()) - before; n != 1 {
		t.Errorf("%d round trips, want 1: the wrong server's catalog is of no interest", n)
	}
}

// The name counts also where the rest of the identity, or what the login may see, is not known.
func TestAnInstanceThatIsNotTheOneNamedIsNotReadWhateverElseFails(t *testing.T) {
	i := sqltest.Primary()
	i.Rights = sqltest.Rights{}
	i.Replica.Instance.Value.Edition = "" // NULL
	to := target(t, start(t, i), "SQLB")
	to.HostNameInCertificate = "SQLA"
	refused(t, to, "SQLB answered as SQLA")
}

// SERVERPROPERTY('ServerName') is the computer's name without a domain, with the instance's name unless that is the
// default one; of a failover cluster instance it is the network name. Case does not matter.
func TestNamesOfOneInstance(t *testing.T) {
	for _, c := range []struct {
		target, answers string
		same            bool
	}{
		{"SQLA", "SQLA", true},
		{"sqla", "SQLA", true},
		{"sqla.contoso.com", "SQLA", true},
		{`SQLA\MSSQLSERVER`, "SQLA", true},
		{`sqla.contoso.com\ssis`, `SQLA\SSIS`, true},
		{"10.0.1.11", "SQLA", true},        // names no instance
		{`10.0.1.11\SSIS`, "SQLA", true},   // nor does this
		{"fd00::11", "SQLA", true},         // or this
		{"SQLB", "SQLA", false},            //
		{"SQL", "SQLA", false},             // not by a part of the name
		{"SQLA", `SQLA\SSIS`, false},       //
		{`SQLA\SSIS`, "SQLA", false},       //
		{`SQLA\SSIS`, `SQLA\SSIS2`, false}, //
		{`SQLA\SSIS`, `SQLB\SSIS`, false},  //
	} {
		t.Run(c.target+" answers as "+c.answers, func(t *testing.T) {
			i := sqltest.Primary()
			i.Replica.Instance.Value.ServerName = c.answers
			to := target(t, start(t, i), c.target)
			to.Host = "SQLA"
			r, _, err := sqlserver.Read(t.Context(), to, now)
			var failed *sqlserver.ConnectError
			if c.same != (err == nil) || err != nil && !errors.As(err, &failed) {
				t.Fatalf("got the error %v", err)
			}
			if c.same {
				same(t, "instance", r.Instance, *i.Replica.Instance.Value)
			}
		})
	}
}

func TestAFailoverClusterInstanceIsNamedByItsNetworkName(t *testing.T) {
	to := target(t, start(t, sqltest.FailoverClusterInstance()), "NODE1")
	to.HostNameInCertificate = "SSISFCI"
	refused(t, to, "NODE1 answered as SSISFCI")
}

func TestBehindAListenerAnyReplicaAnswers(t *testing.T) {
	to := target(t, start(t, sqltest.Primary()), sqltest.Listener)
	to.Listener, to.HostNameInCertificate = true, "SQLA"
	r, c, err := sqlserver.Read(t.Context(), to, now)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "instance", r.Instance, *sqltest.Primary().Replica.Instance.Value)
	sameCatalog(t, c, sqltest.Primary().Catalog)
}

// What the wrong server says its name is may be anything.
func TestAHostileServerNameIsShownSafely(t *testing.T) {
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{"instance": sqltest.Steps(tdstest.ResultSet{
		Columns: texts("server_name"), Rows: [][]any{{"x\x1b[31m\r\n" + password + strings.Repeat("y", 60_000)}},
	})}
	err := refused(t, target(t, start(t, i), "SQLA"), "SQLA answered as x [31m [redacted]yyy")
	if len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\x1b\r\n") {
		t.Errorf("%d bytes: %q", len(err.Error()), err)
	}
}

func TestAnInstanceThatDoesNotSayWhoItIsHasNoIdentity(t *testing.T) {
	i := sqltest.Primary()
	i.Instead = map[string][]tdstest.Step{"instance": sqltest.Caught(1222, "Lock request time out period exceeded.")}
	r, c := read(t, i)
	for _, name := range []string{"replica.instance", "catalog.instance"} {
		hasError(t, r, c, name, "1222")
	}
	if r.Instance.Status != facts.Failed {
		t.Errorf("%+v", r.Instance)
	}
}
