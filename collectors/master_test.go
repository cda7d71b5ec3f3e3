package collectors_test

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"ssisaudit/collectors"
	"ssisaudit/collectors/endpoint/tlstest"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/sqlserver/sqltest"
	"ssisaudit/policies"
)

// recording is a primary whose MASTER_ADDRESS is this.
func recording(masterAddress string) *sqltest.Instance {
	i := sqltest.Primary()
	i.Catalog.Master.Value.Address = masterAddress
	return i
}

// audited collects a deployment whose SSISDB has this MASTER_ADDRESS and whose inventory states this of the master.
func audited(t *testing.T, masterAddress string, stated *inventory.Master) facts.Document {
	t.Helper()
	address := sqlServer(t, recording(masterAddress))
	d := availabilityGroup(address, address, sqlServer(t, sqltest.Secondary()), "")
	d.Master = stated
	return collect(t, collector(generous), d)
}

func TestTheMastersEndpointIsWhatIsStatedAndElseWhatSSISDBSays(t *testing.T) {
	t.Parallel()
	address := master(t, tlstest.Options{RequireClientCert: true})
	_, text, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(text)
	for name, c := range map[string]struct {
		recorded string
		stated   *inventory.Master
		host     string
	}{
		"host and port are stated":       {"https://elsewhere.contoso.com:1", &inventory.Master{Host: "127.0.0.1", Port: port}, "127.0.0.1"},
		"the host alone is stated":       {"https://elsewhere.contoso.com:" + text, &inventory.Master{Host: "127.0.0.1"}, "127.0.0.1"},
		"the port alone is stated":       {"https://127.0.0.1:1", &inventory.Master{Port: port}, "127.0.0.1"},
		"nothing is stated":              {"https://127.0.0.1:" + text, nil, "127.0.0.1"},
		"a slash and blanks are no harm": {" https://127.0.0.1:" + text + "/ ", nil, "127.0.0.1"},
		"an address is stated alone":     {"https://ssismaster.contoso.com:9000", &inventory.Master{Address: address}, masterHost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := audited(t, c.recorded, c.stated)
			e := doc.Endpoints[0]
			if e.Name != "master" || e.Host != c.host {
				t.Errorf("the endpoint %s is at %s", e.Name, e.Host)
			}
			has(t, "the certificate", e.TLS, facts.Observed)
			if v := e.TLS.Value; v == nil || v.Certificate.Thumbprint != thumbprint(masterCertificate) {
				t.Errorf("the certificate is %+v", v)
			}
			if where := target(t, doc, "endpoint master").Address; where != address {
				t.Errorf("the target's address is %s, want %s", where, address)
			}
		})
	}
}

func TestThePortOfTheMasterIsTheProductsWhereNobodySaysIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		recorded string
		stated   *inventory.Master
	}{
		"SSISDB has no master address":          {"", &inventory.Master{Host: "127.0.0.9"}},
		"SSISDB's address has no port":          {"https://127.0.0.9", nil},
		"SSISDB's address is none":              {"ssismaster,8391", &inventory.Master{Host: "127.0.0.9"}},
		"an IPv6 address without a port is one": {"https://[::ffff:127.0.0.9]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := audited(t, c.recorded, c.stated)
			if e := doc.Endpoints[0]; e.Port != 8391 {
				t.Errorf("the port is %d, want 8391", e.Port)
			}
		})
	}
}

func TestWithoutACatalogTheMasterIsUnknownAndTheReportSaysWhatToDo(t *testing.T) {
	t.Parallel()
	d := availabilityGroup("127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1", "")
	d.Master = nil
	doc := collect(t, collector(generous), d)
	has(t, "the certificate", doc.Endpoints[0].TLS, facts.Failed)
	has(t, "the DNS name", doc.Names[1].Addresses, facts.Failed)
	has(t, "the listener's DNS name", doc.Names[0].Addresses, facts.Observed)
	for what, text := range map[string]string{
		"the target": target(t, doc, "endpoint master").Error, "the observation": doc.Endpoints[0].TLS.Error,
	} {
		says(t, what, text, "SSISDB could not be asked", "the connection was refused", "state master.host")
	}
}

func TestWithoutSSISDBTheMasterIsUnknown(t *testing.T) {
	t.Parallel()
	address := sqlServer(t, sqltest.Standalone())
	d := availabilityGroup(address, address, address, "")
	d.Master = nil
	doc := collect(t, collector(generous), d)
	has(t, "the catalog", doc.Catalog.Properties, facts.Absent)
	has(t, "the certificate", doc.Endpoints[0].TLS, facts.Failed)
	says(t, "the observation", doc.Endpoints[0].TLS.Error, "there is no SSISDB", "state master.host")
}

func TestAHostileMasterAddressIsNoAddressAndGoesNoFurther(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const secret = "hunter2"
	for name, recorded := range map[string]string{
		"very long":                   "https://" + strings.Repeat("a", 60_000) + ":8391",
		"control characters":          "https://ssis\x1b[31mmaster:8391",
		"a line break":                "https://ssismaster\r\n:8391",
		"escaped control characters":  "https://ssis%1bmaster:8391",
		"right to left":               "https://ssis\u202emaster:8391",
		"port 99999":                  "https://127.0.0.1:99999",
		"port 0":                      "https://127.0.0.1:0",
		"an endless port":             "https://127.0.0.1:" + strings.Repeat("9", 1000),
		"IPv6, broken":                "https://[fe80::1:8391",
		"IPv6, a zone of any length":  "https://[fe80::1%25" + strings.Repeat("z", 4000) + "]:8391",
		"no scheme":                   "ssismaster:8391",
		"a path to a file":            `\\ssismaster\C$`,
		"user and password":           "https://sa:" + secret + "@:8391",
		"user and password, no URL":   "sa:" + secret + "@127.0.0.1:8391",
		"a password with a slash":     "https://sa:" + secret + "/x@127.0.0.1:8391",
		"a password with an at sign":  "https://sa:" + secret + "@" + secret + "@/:8391",
		"a password on several lines": "https://sa:\n" + secret + "@\n/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := audited(t, recorded, nil)
			has(t, "the certificate", doc.Endpoints[0].TLS, facts.Failed)
			says(t, "the target", target(t, doc, "endpoint master").Error, "MASTER_ADDRESS that SSISDB holds", "state master.host")
			if e := target(t, doc, "endpoint master"); len(e.Error)+len(e.Address)+len(doc.Endpoints[0].Host) > 1000 {
				t.Errorf("the target's texts are %d bytes", len(e.Error)+len(e.Address)+len(doc.Endpoints[0].Host))
			}
			if strings.Contains(encoded(t, doc), secret) {
				t.Error("a password is in the facts document")
			}
			passes(t, engine, doc, "HA-8.2", false)
			passes(t, engine, doc, "HA-8.6", false)
		})
	}
}

func TestAPasswordInTheMasterAddressIsTakenOutAndTheAddressIsWrongAllTheSame(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	doc := audited(t, "https://sa:hunter2@"+masterHost+":8391", &masterStated)
	if got := doc.Catalog.Master.Value.Address; got != secret.NotAName {
		t.Errorf("MASTER_ADDRESS is %s, want %s", got, secret.NotAName)
	}
	if strings.Contains(encoded(t, doc), "hunter2") {
		t.Error("a password is in the facts document")
	}
	outcome(t, engine, doc, "HA-8.2", policies.Fail)
}

// passes says whether all findings of a rule pass.
func passes(t testing.TB, engine *policies.Engine, doc facts.Document, rule string, want bool) {
	t.Helper()
	for _, f := range findings(t, engine, doc, rule) {
		if (f.Outcome == policies.Pass) != want {
			t.Errorf("%s [%s] is %s: %s %+v %+v", f.Rule, f.Subject, f.Outcome, f.Reason, f.Missing, f.Checks)
		}
	}
}

func outcome(t testing.TB, engine *policies.Engine, doc facts.Document, rule string, want policies.Outcome) {
	t.Helper()
	for _, f := range findings(t, engine, doc, rule) {
		if f.Outcome != want {
			t.Errorf("%s [%s] is %s, want %s: %s %+v %+v", f.Rule, f.Subject, f.Outcome, want, f.Reason, f.Missing, f.Checks)
		}
	}
}

func findings(t testing.TB, engine *policies.Engine, doc facts.Document, rule string) (list []policies.Finding) {
	t.Helper()
	result, err := engine.Evaluate(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		if f.Rule == rule {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		t.Fatalf("%s has no finding", rule)
	}
	return list
}

// FuzzMasterAddress holds whatever SSISDB says to what may be dialled.
func FuzzMasterAddress(f *testing.F) {
	for _, seed := range []string{"https://ssismaster.contoso.com:8391", "https://[::1]:1", "https://sa:p@h:0", "a:b", "", "https://%41:1/",
		"https://[fe80::1%25eth0]:8391", "//x", "https://1.2.3.4:65536", "https://\xff:1", "https://ssis\u202e:1"} {
		f.Add(seed, "", uint16(0))
		f.Add(seed, "stated", uint16(0))
		f.Add(seed, "", uint16(8391))
	}
	f.Fuzz(func(t *testing.T, recorded, host string, port uint16) {
		stated := inventory.Master{Host: host, Port: int(port)}
		catalog := facts.Catalog{Master: facts.Observation[facts.CatalogMaster]{
			Status: facts.Observed, Value: &facts.CatalogMaster{Address: recorded}}}
		gotHost, gotPort, err := collectors.MasterAddress(stated, catalog.Master)
		if err != nil {
			if len(err.Error()) > 500 {
				t.Errorf("a long error: %d bytes", len(err.Error()))
			}
			return
		}
		if gotPort < 1 || gotPort > 65535 || port != 0 && gotPort != int(port) {
			t.Errorf("port %d", gotPort)
		}
		if host != "" && gotHost != host {
			t.Errorf("%q is stated, and it is %q", host, gotHost)
		}
		if _, err := netip.ParseAddr(gotHost); host == "" && err != nil &&
			(gotHost == "" || len(gotHost) > 253 || strings.ContainsAny(gotHost, "@:/?#[]%\\ \r\n\t\x00\x1b\u202e")) {
			t.Errorf("%q is to be dialled", gotHost)
		}
	})
}
