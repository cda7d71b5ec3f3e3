package inventory_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
)

// minimal is the least that an availability group's inventory must say.
const minimal = `version: 1
deployments:
  - name: etl
    topology: availability-group
    listener: {name: agl-ssis.contoso.com}
    replicas: [{name: SQLA}, {name: 'SQLB\INST'}]
    nodes: [{name: SQLA}]
`

func parse(t *testing.T, text string) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Parse("ssisaudit.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestTheExampleInventoryIsRight(t *testing.T) {
	inv, err := inventory.Load("../../docs/ssisaudit.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := inv.Deployment("ETL-Production")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.SQLServerName(); got != "agl-ssis.contoso.com,1433" {
		t.Errorf("availability group: SQLServerName() = %q", got)
	}
	if b := d.Replicas[1]; b.Host() != "SQLB" || b.Instance() != "SSIS" || b.Port != 14330 || b.SQL.Credentials != "dba" ||
		b.SQL.HostNameInCertificate != "sqlb.contoso.com" || b.SQL.Encrypt != "mandatory" {
		t.Errorf("replica = %+v", b)
	}
	if got := d.CredentialNames(); !slices.Equal(got, []string{"dba", "winadmin"}) {
		t.Errorf("CredentialNames() = %q", got)
	}
	d, err = inv.Deployment("etl-test")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.SQLServerName(); got != `SQLFCI\INST1` {
		t.Errorf("failover cluster instance: SQLServerName() = %q", got)
	}
	if got := d.CredentialNames(); !slices.Equal(got, []string{"", "winadmin"}) {
		t.Errorf("CredentialNames() = %q", got)
	}
}

func TestWhatIsNotWrittenGetsItsDocumentedDefault(t *testing.T) {
	inv := parse(t, minimal)
	d := inv.Deployments[0]
	l := inv.Limits
	if l.Target.Duration != 30*time.Second || l.Total.Duration != 3*time.Minute || l.Parallel != 32 {
		t.Errorf("limits = %+v", l)
	}
	if d.Listener.Port != 1433 || d.Listener.Address != "" {
		t.Errorf("listener = %+v", d.Listener)
	}
	if d.Replicas[0].Port != 1433 || d.Replicas[1].Port != 0 {
		t.Errorf("a default instance listens on 1433, a named one where SQL Server Browser says; replicas = %+v", d.Replicas)
	}
	if d.Master != nil || d.ServiceAccount != "" {
		t.Errorf("expectations were made up: %+v, %q", d.Master, d.ServiceAccount)
	}
	if d.Parameters.ExpiryDays != 30 {
		t.Errorf("expiry_days = %d", d.Parameters.ExpiryDays)
	}
	if want := (inventory.SQL{Encrypt: "mandatory"}); d.SQL != want || d.Listener.SQL != want || d.Replicas[0].SQL != want {
		t.Errorf("sql = %+v", d.SQL)
	}
}

func TestZeroAndFalseAreNotTakenForUnwritten(t *testing.T) {
	d := parse(t, `version: 1
deployments:
  - name: etl
    topology: availability-group
    listener: {name: agl, sql: {trust_server_certificate: false}}
    sql: {trust_server_certificate: true}
    replicas: [{name: SQLA}]
    nodes: [{name: SQLA}]
    parameters: {expiry_days: 0}
`).Deployments[0]
	if d.Parameters.ExpiryDays != 0 {
		t.Errorf("expiry_days = %d", d.Parameters.ExpiryDays)
	}
	if d.Listener.SQL.TrustServerCertificate || !d.Replicas[0].SQL.TrustServerCertificate {
		t.Errorf("listener %+v, replica %+v", d.Listener.SQL, d.Replicas[0].SQL)
	}
}

func TestAddressesAreGivenAsHostAndPort(t *testing.T) {
	d := parse(t, `version: 1
deployments:
  - name: etl
    topology: availability-group
    listener: {name: agl, port: 1500, address: 127.0.0.20}
    master: {host: ssis-master, address: "::1"}
    replicas: [{name: SQLA, address: sqla.lan}, {name: SQLB, address: "[fe80::1]:14330"}]
    nodes: [{name: SQLA, address: 127.0.0.11:1445}, {name: SQLB, address: sqlb.lan}]
    workers: [{name: WRK1, address: "[::1]"}]
`).Deployments[0]
	got := []string{d.Listener.Address, d.Master.Address, d.Replicas[0].Address, d.Replicas[1].Address,
		d.Nodes[0].Address, d.Nodes[1].Address, d.Workers[0].Address}
	want := []string{"127.0.0.20:1500", "[::1]:8391", "sqla.lan:1433", "[fe80::1]:14330", "127.0.0.11:1445", "sqlb.lan:445", "[::1]:445"}
	if !slices.Equal(got, want) {
		t.Errorf("addresses = %q\nwant        %q", got, want)
	}
}

func TestPathsStartAtTheInventorysFolder(t *testing.T) {
	inv, err := inventory.Parse(filepath.Join("some", "folder", "ssisaudit.yaml"), []byte(minimal+`
    sql: {ca_file: root.pem, credentials: a}
credentials:
  a: {user: u, password: {file: pw}}
  b: {integrated: true, user: u, kerberos: {config: /etc/other.conf, realm: CONTOSO.COM, keytab: sub/k}}
`))
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		inv.Deployments[0].SQL.CAFile:             filepath.Join("some", "folder", "root.pem"),
		inv.Deployments[0].Replicas[1].SQL.CAFile: filepath.Join("some", "folder", "root.pem"),
		inv.Credentials["a"].Password.File:        filepath.Join("some", "folder", "pw"),
		inv.Credentials["b"].Kerberos.Keytab:      filepath.Join("some", "folder", "sub", "k"),
		inv.Credentials["b"].Kerberos.Config:      "/etc/other.conf",
	} {
		if got != want {
			t.Errorf("path %q, want %q", got, want)
		}
	}
}

func TestADeploymentIsFoundByName(t *testing.T) {
	one := parse(t, minimal)
	if d, err := one.Deployment(""); err != nil || d.Name != "etl" {
		t.Errorf("the only deployment needs no name; got %q, %v", d.Name, err)
	}
	if _, err := one.Deployment("etk"); err == nil || !strings.Contains(err.Error(), `no deployment "etk"; it has "etl"`) {
		t.Errorf("error = %v", err)
	}
	two := parse(t, minimal+strings.ReplaceAll(strings.SplitAfter(minimal, "deployments:\n")[1], "etl", "etl-test"))
	if _, err := two.Deployment(""); err == nil || !strings.Contains(err.Error(), `"etl", "etl-test"`) {
		t.Errorf("several deployments need a name and the error lists them; error = %v", err)
	}
	if d, err := two.Deployment("ETL-TEST"); err != nil || d.Name != "etl-test" {
		t.Errorf("got %q, %v", d.Name, err)
	}
}

func TestAFileThatIsNotThereSaysWhatToDo(t *testing.T) {
	_, err := inventory.Load(filepath.Join(t.TempDir(), "ssisaudit.yaml"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "docs/ssisaudit.example.yaml") {
		t.Errorf("error = %v", err)
	}
}

func TestTheTopologiesAreTheFactsDocuments(t *testing.T) {
	got := []string{inventory.TopologyAvailabilityGroup, inventory.TopologyFailoverClusterInstance}
	want := []string{facts.TopologyAvailabilityGroup, facts.TopologyFailoverClusterInstance}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("topologies %q, want %q", got, want)
	}
}

func TestJSONIsAnInventoryToo(t *testing.T) {
	inv := parse(t, `{"version": 1, "deployments": [{"name": "etl", "topology": "failover-cluster-instance",
		"sql_network_name": {"name": "SQLFCI"}, "nodes": [{"name": "SQLA"}]}]}`)
	if got := inv.Deployments[0].SQLServerName(); got != "SQLFCI" {
		t.Errorf("SQLServerName() = %q", got)
	}
}
