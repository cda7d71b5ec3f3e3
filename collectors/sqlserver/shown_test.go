package sqlserver

import (
	"database/sql/driver"
	"encoding/json"
	"strings"
	"testing"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
)

const stored = "Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=hunter2;"

// shows is everything that comes of a stored logging connection string, as it gets into the facts.
func shows(t *testing.T, stored string) string {
	t.Helper()
	c, err := parseLogging(stored)
	message := ""
	if err != nil {
		message = err.Error()
	}
	text, err := json.Marshal([]any{c, message})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAMalformedConnectionStringDoesNotShowItsPassword(t *testing.T) {
	for name, stored := range map[string]string{
		"no semicolon before the password":   "Data Source=L,1433;Initial Catalog=SSISDB;User Id=" + login + " Password=hunter2;",
		"a comma before it":                  "Data Source=L,1433;Initial Catalog=SSISDB;User Id=" + login + ",Password=hunter2;",
		"nothing before it":                  "Data Source=L,1433;User Id=" + login + "Password=hunter2;",
		"no equals sign either":              "Data Source=L,1433;User Id=" + login + " Password hunter2;",
		"a colon instead":                    "Data Source=L,1433;User Id=" + login + ",Password:hunter2;",
		"only a blank":                       "Data Source=L,1433;User Id=" + login + " hunter2;",
		"only a slash":                       "Data Source=L,1433;User Id=" + login + "/hunter2;",
		"directly behind":                    "Data Source=L,1433;User Id=" + login + "hunter2;",
		"no hash signs at the end":           "Data Source=L,1433;User Id=##MS_SSISLogDBWorkerAgentLoginhunter2;",
		"PWD":                                "Data Source=L,1433;User Id=sa,PWD:hunter2;",
		"pwd without blanks":                 "Data Source=L,1433;User Id=sa.pwdhunter2;",
		"all in a quoted data source":        `Data Source="L,1433;Initial Catalog=SSISDB;User Id=sa;Password=hunter2;"`,
		"all in single quotes":               `Server='L,1433;User Id=sa;Password=hunter2'`,
		"commas instead of semicolons":       "Data Source=L,1433,Initial Catalog:SSISDB,User Id:sa,Password:hunter2",
		"behind the port":                    "Data Source=L,1433 hunter2;User Id=sa",
		"behind the port's comma":            "Data Source=L,hunter2;User Id=sa",
		"behind the server's name":           "Data Source=L hunter2;User Id=sa",
		"a URL":                              "Data Source=tcp://sa:hunter2@L;User Id=sa",
		"in the catalog":                     "Data Source=L;Initial Catalog=SSISDB Password hunter2;User Id=sa",
		"in Encrypt":                         "Data Source=L;Encrypt=True Password=hunter2",
		"in TrustServerCertificate":          "Data Source=L;TrustServerCertificate=True,Password=hunter2",
		"behind line breaks":                 "Data Source=L\r\nPassword hunter2",
		"behind a blank that is not a space": "Data Source=L\u00a0Password\u00a0hunter2;User Id=sa\u200bhunter2",
	} {
		t.Run(name, func(t *testing.T) {
			if text := shows(t, stored); strings.Contains(text, "hunter2") {
				t.Errorf("%q gives %s", stored, text)
			}
		})
	}
}

func TestNamesAreShownAsTheyAre(t *testing.T) {
	for _, text := range []string{
		"", "SSISLISTENER", "SSISLISTENER,1433", "SSISLISTENER, 1433", " SSISLISTENER , 1433 ", "agl-ssis.contoso.com,1433",
		`SSISFCI\SSIS`, "SSISFCI//SSIS", "SSISLISTENER:1433", "tcp:SSISLISTENER,1433", "10.0.1.20,1433", "fd00::20,1433",
		`(local)\SSIS$1`, "서버,1433",
	} {
		if got := shownServer(text); got != text {
			t.Errorf("the server %q is shown as %q", text, got)
		}
	}
	for _, text := range []string{"", login, "sa", "ssis_worker", `CONTOSO\svc-worker$`, "svc-worker@contoso.com"} {
		if got := shownUser(text); got != text {
			t.Errorf("the user %q is shown as %q", text, got)
		}
	}
	for _, text := range []string{"", "SSISDB", "SSISDB_old", "SSISDB-2"} {
		if got := shownDatabase(text); got != text {
			t.Errorf("the database %q is shown as %q", text, got)
		}
	}
}

// catalog.update_logdb_info with its arguments swapped stores the connection string as CLUSTER_LOGDB_SERVER.
func TestThePropertiesOfTheMasterHoldNoConnectionString(t *testing.T) {
	names := []string{"CLUSTER_LOGDB_SERVER", "LAST_ONLINE_TIME", "MACHINE_NAME", "MACHINE_IP", "MASTER_ADDRESS",
		"MASTER_SERVICE_PORT", "SSLCERT_THUMBPRINT", "MASTER_HEARTBEAT_INTERVALINMS"}
	for _, value := range []string{stored, "Password=hunter2", "L;hunter2", "https://sa:hunter2@master:8391"} {
		for _, name := range names {
			m := master(t, name, value)
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "hunter2") || !strings.Contains(string(text), secret.NotAName) {
				t.Errorf("%s %q gives %s", name, value, text)
			}
		}
	}
	for _, value := range []string{"SSISLISTENER Password hunter2", "SSISLISTENER,hunter2"} {
		if got := master(t, "CLUSTER_LOGDB_SERVER", value).LogDBServer; got != secret.NotAName {
			t.Errorf("%q is shown as %q", value, got)
		}
	}
}

func master(t *testing.T, name, value string) facts.CatalogMaster {
	t.Helper()
	m, err := readMaster(answer{columns: []string{"property_name", "property_value"}, rows: [][]driver.Value{{name, value}}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// damage is up to three slips of the pen, of two bytes each: what to do, and where.
func damage(s string, slips []byte) string {
	const strangers = ";=, '\"\t:/x"
	for n := 0; n+2 <= len(slips) && n < 6 && s != ""; n += 2 {
		i, c := int(slips[n+1])%len(s), string(strangers[int(slips[n]/4)%len(strangers)])
		switch slips[n] % 4 {
		case 0:
			s = s[:i] + s[i+1:]
		case 1:
			s = s[:i] + c + s[i:]
		case 2:
			s = s[:i] + c + s[i+1:]
		case 3:
			if i+1 < len(s) {
				s = s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
			}
		}
	}
	return s
}

// However a string of the documented form is mistyped, and whatever the password is, the password is not shown.
func FuzzADamagedConnectionStringDoesNotShowItsPassword(f *testing.F) {
	const before = "Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password="
	f.Add("hunter2", []byte{0, byte(len(before) - 10)})
	f.Add("hunter2", []byte{9, byte(len(before) - 10), 2, byte(len(before) - 1)})
	f.Add("hunter2", []byte{20, 12, 21, 20})
	f.Add("a b;c='d\"", []byte{17, 12})
	f.Add("", []byte{0, 29, 0, 51, 0, 92})
	f.Fuzz(func(t *testing.T, random string, slips []byte) {
		password := "zq7" + random + "7qz"
		quoted, err := json.Marshal(password)
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []string{";", damage(";Encrypt=True", slips)} {
			s := damage(before, slips) + password + after
			if text := shows(t, s); strings.Contains(text, strings.Trim(string(quoted), `"`)) {
				t.Errorf("%q gives %s", s, text)
			}
		}
	})
}
