package collectors_test

import (
	"testing"

	"ssisaudit/collectors"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/collectors/sqlserver/tdstest"
)

// letting runs an instance that lets the audit in, and the workers with their password.
func letting(t *testing.T, i *sqltest.Instance) *tdstest.Server {
	return tdstest.Start(t, tdstest.Config{Handler: i.Handler(),
		Users: map[string]string{"audit": sqlPassword, sqltest.LoggingLogin: sqltest.LoggingPassword}})
}

func verifying() collectors.Collector {
	c := collector(generous)
	c.VerifyLoggingLogin = true
	return c
}

func asWorker(srv *tdstest.Server) (n int) {
	for _, l := range srv.Logins() {
		if l.User == sqltest.LoggingLogin {
			n++
		}
	}
	return n
}

func TestTheLoggingLoginIsTriedOnceOnEveryReplicaAndNotThroughTheListener(t *testing.T) {
	t.Parallel()
	l, a, b := letting(t, sqltest.Primary()), letting(t, sqltest.Primary()), letting(t, sqltest.Secondary())
	doc := collect(t, verifying(), availabilityGroup(l.Addr(), a.Addr(), b.Addr(), master(t, tlstest.Options{})))
	for _, r := range doc.Replicas {
		has(t, r.Name, r.LoggingLogin, facts.Observed)
		if !r.LoggingLogin.Value.Opened {
			t.Errorf("%s: %+v", r.Name, r.LoggingLogin.Value)
		}
	}
	if asWorker(l) != 0 || asWorker(a) != 1 || asWorker(b) != 1 {
		t.Errorf("tried %d, %d and %d times", asWorker(l), asWorker(a), asWorker(b))
	}
}

// The password is shown to no server of which it is not known that it is the replica.
func TestWhereAnotherInstanceAnswersTheLoggingLoginIsNotTried(t *testing.T) {
	t.Parallel()
	l, stranger := letting(t, sqltest.Primary()), letting(t, sqltest.Standalone())
	doc := collect(t, verifying(), availabilityGroup(l.Addr(), stranger.Addr(), "127.0.0.1:1", master(t, tlstest.Options{})))
	for i, words := range []string{"SQLA answered as SQLX", "refused"} {
		has(t, doc.Replicas[i].Name, doc.Replicas[i].LoggingLogin, facts.Failed)
		says(t, doc.Replicas[i].Name, doc.Replicas[i].LoggingLogin.Error, "not tried", words)
	}
	if asWorker(l)+asWorker(stranger) != 0 {
		t.Error("it was tried")
	}
}

func TestWithoutTheConnectionStringTheLoggingLoginIsNotTried(t *testing.T) {
	t.Parallel()
	hidden, windows := sqltest.Primary(), sqltest.Primary()
	hidden.Rights.SSISAdmin = false
	windows.LoggingConnection = "Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;Integrated Security=SSPI;"
	for name, c := range map[string]struct {
		primary *sqltest.Instance
		status  facts.Status
		words   string
	}{
		"it is hidden":                       {hidden, facts.Failed, "ALTER ROLE ssis_admin"},
		"it asks for Windows authentication": {windows, facts.Skipped, "Windows authentication"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := letting(t, c.primary), letting(t, sqltest.Secondary())
			doc := collect(t, verifying(), availabilityGroup(a.Addr(), a.Addr(), b.Addr(), master(t, tlstest.Options{})))
			for _, r := range doc.Replicas {
				has(t, r.Name, r.LoggingLogin, c.status)
				says(t, r.Name, r.LoggingLogin.Error, c.words)
			}
			if asWorker(a)+asWorker(b) != 0 {
				t.Error("it was tried")
			}
		})
	}
}

func TestTheLoggingLoginIsTriedOnAFailoverClusterInstance(t *testing.T) {
	t.Parallel()
	srv := letting(t, sqltest.FailoverClusterInstance())
	stated := masterStated
	stated.Address = master(t, tlstest.Options{})
	doc := collect(t, verifying(), inventory.Deployment{
		Name: "etl", Topology: inventory.TopologyFailoverClusterInstance,
		SQLNetworkName: &inventory.SQLNetworkName{Name: "SSISFCI", Port: 1433, Address: srv.Addr(), SQL: sqlLogin},
		Master:         &stated,
		Nodes:          []inventory.Machine{{Name: "NODE1", Windows: notReached}},
		Parameters:     inventory.Parameters{ExpiryDays: 30, HeartbeatFactor: 3, MinimumWorkers: 2},
	})
	has(t, "the attempt", doc.Replicas[0].LoggingLogin, facts.Observed)
	if !doc.Replicas[0].LoggingLogin.Value.Opened || asWorker(srv) != 1 {
		t.Errorf("%+v, tried %d times", doc.Replicas[0].LoggingLogin.Value, asWorker(srv))
	}
}
