package sqlserver_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// browser answers on UDP 1434 of an address of its own as SQL Server Browser does ([MC-SQLR] SVR_RESP).
func browser(t *testing.T, host, answer string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", net.JoinHostPort(host, "1434"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 1024)
		for {
			_, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer != "" {
				reply := append([]byte{5, byte(len(answer)), byte(len(answer) >> 8)}, answer...)
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
}

// namedInstance is the primary as SQLA\SSIS.
func namedInstance() *sqltest.Instance {
	i := sqltest.Primary()
	i.Replica.Name = `SQLA\SSIS`
	i.Replica.Instance.Value.ServerName, i.Replica.Instance.Value.InstanceName = `SQLA\SSIS`, "SSIS"
	return i
}

func TestANamedInstanceIsFoundThroughSQLServerBrowser(t *testing.T) {
	const host = "127.14.34.1"
	i := namedInstance()
	srv := start(t, i, func(c *tdstest.Config) { c.Addr, c.ServerName = host+":0", "SQLA" })
	to := target(t, srv, `SQLA\SSIS`)
	to.Host, to.Instance, to.Address = host, "ssis", ""
	_, port, err := net.SplitHostPort(srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	browser(t, host, "ServerName;SQLA;InstanceName;OTHER;IsClustered;No;Version;15.0.2000.5;tcp;1;;"+
		"ServerName;SQLA;InstanceName;SSIS;IsClustered;No;Version;15.0.2000.5;tcp;"+port+";;")
	r, _, err := sqlserver.Read(t.Context(), to, now)
	if err != nil {
		t.Fatal(err)
	}
	sameReplica(t, r, i.Replica)
}

func TestANamedInstanceThatCannotBeFoundIsRefused(t *testing.T) {
	to := sqlserver.Target{Name: `SQLA\SSIS`, Instance: "SSIS", User: "audit", Timeout: time.Minute}

	to.Host = "127.14.34.2" // nothing listens there
	refused(t, to, "SQL Server Browser (UDP 1434)", "state its `port`")

	to.Host = "127.14.34.3"
	browser(t, to.Host, "ServerName;SQLA;InstanceName;OTHER;IsClustered;No;Version;15.0.2000.5;tcp;1;;")
	refused(t, to, "SQL Server Browser (UDP 1434)", "check its name")

	to.Host = "127.14.34.4"
	browser(t, to.Host, "") // silent
	to.Timeout = time.Second
	refused(t, to, "no answer within 1s", "SQL Server Browser (UDP 1434)", "`port`")
}

func TestWithAPortSQLServerBrowserIsNotAsked(t *testing.T) {
	srv := start(t, namedInstance(), func(c *tdstest.Config) { c.Addr, c.ServerName = "127.14.34.5:0", "SQLA" })
	to := target(t, srv, `SQLA\SSIS`)
	to.Host, to.Instance = "127.14.34.5", "SSIS"
	to.HostNameInCertificate = "SQLA"

	if _, _, err := sqlserver.Read(t.Context(), to, now); err != nil { // by Address
		t.Error(err)
	}
	var port int
	if _, err := fmt.Sscanf(srv.Addr(), "127.14.34.5:%d", &port); err != nil {
		t.Fatal(err)
	}
	to.Address, to.Port = "", port
	if _, _, err := sqlserver.Read(t.Context(), to, now); err != nil {
		t.Error(err)
	}
}
