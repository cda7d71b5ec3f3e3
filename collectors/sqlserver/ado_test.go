package sqlserver

import (
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"ssisaudit/collectors/facts"
)

const login = "##MS_SSISLogDBWorkerAgentLogin##"

// The rules are those of SqlConnection.ConnectionString and DbConnectionStringBuilder.
func TestConnectionStringsAreReadAsADONetReadsThem(t *testing.T) {
	documented := facts.LoggingConnection{
		DataSource: "SSISLISTENER,1433", InitialCatalog: "SSISDB", UserID: login, PasswordSet: true,
	}
	bracket := documented
	bracket.PasswordEndsInBracket = true
	windows := facts.LoggingConnection{DataSource: "SSISLISTENER,1433", InitialCatalog: "SSISDB", IntegratedSecurity: true}
	others := windows
	others.OtherOptions = true
	failover := windows
	failover.MultiSubnetFailover, failover.Encrypt, failover.TrustServerCertificate = true, "True", true
	for _, test := range []struct {
		name, stored string
		want         facts.LoggingConnection
	}{
		{"as documented",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=abc;", documented},
		{"with the misprint of the published text",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=[Password]];", bracket},
		{"synonyms",
			"Server=SSISLISTENER,1433;Database=SSISDB;UID=" + login + ";PWD=abc", documented},
		{"more synonyms",
			"Network Address=SSISLISTENER,1433;database=SSISDB;User=" + login + ";pwd=abc", documented},
		{"case and blanks do not matter",
			" \t;; DATA SOURCE = SSISLISTENER,1433 ; initial catalog=\tSSISDB\r\n;user id =" + login +
				"; password = abc ;; ", documented},
		{"double quotes",
			`Data Source="SSISLISTENER,1433";Initial Catalog='SSISDB';User Id="` + login + `" ;Password="a;b=c""]"`,
			func() facts.LoggingConnection { c := documented; c.PasswordEndsInBracket = true; return c }()},
		{"single quotes around a semicolon, a doubled quote and another keyword",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login +
				";Password='x;User Id=other;''y'", documented},
		{"an unquoted equals sign in the password",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=a=b==", documented},
		{"the later value counts, whatever its synonym",
			"Server=OLD;Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=x;UID=" + login +
				";Password=;PWD=abc", documented},
		{"an empty password is none",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=abc;Password=",
			func() facts.LoggingConnection { c := documented; c.PasswordSet = false; return c }()},
		{"Windows authentication",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;Integrated Security=SSPI", windows},
		{"Windows authentication by its synonym",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;Trusted_Connection=yes;Application Name=x y", others},
		{"the other keywords",
			"Addr=SSISLISTENER,1433;Initial Catalog=SSISDB;Integrated Security=True;MultiSubnetFailover=True;Encrypt=True;" +
				"TrustServerCertificate=true", failover},
		{"the other keywords as Microsoft.Data.SqlClient writes them",
			"Address=SSISLISTENER,1433;Initial Catalog=SSISDB;Integrated Security=true;Multi Subnet Failover=yes;Encrypt=True;" +
				"Trust Server Certificate=yes\x00", failover},
		{"false is not true",
			"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=abc;Integrated Security=false;" +
				"MultiSubnetFailover=no", documented},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseLogging(test.stored)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestAConnectionStringThatADONetRejectsIsAnErrorThatShowsNothingOfIt(t *testing.T) {
	for name, stored := range map[string]string{
		"a quote that does not end":        `Data Source=x;Password="hunter2`,
		"text after a quoted value":        `Password="hunter2"hunter2;Data Source=x`,
		"a value that ends in a quote":     `Password=hunter2";Data Source=x`,
		"no equals sign":                   "Data Source=x;hunter2",
		"no keyword":                       "=hunter2",
		"a doubled equals sign":            "Password==hunter2",
		"a control character":              "Password=hunter2\x01;Data Source=x",
		"a control character in a keyword": "Pass\x02word=hunter2",
		"neither true nor false":           "Data Source=x;Integrated Security=hunter2",
		"no kind of encryption":            "Data Source=x;Encrypt=hunter2",
		"too long":                         "Password=hunter2" + strings.Repeat("x", 16<<10),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseLogging(stored)
			if err == nil {
				t.Fatalf("it was accepted: %+v", got)
			}
			if got != (facts.LoggingConnection{}) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %+v and the error %q", got, err)
			}
			if !strings.Contains(err.Error(), "logging connection string") {
				t.Errorf("the error %q does not say what cannot be understood", err)
			}
		})
	}
}

func FuzzParseADO(f *testing.F) {
	for _, seed := range []string{
		"Data Source=SSISLISTENER,1433;Initial Catalog=SSISDB;User Id=" + login + ";Password=[Password]];",
		`Server='a;b''c' ; PWD="x""y;z=";UID=u`, "a==b=c;;;= ", "Password=a=b==", "x='", "k=v'\x00", "\x00=\x00", "é= ü ;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		values, err := parseADO(s)
		if err != nil {
			return
		}
		// Whatever was understood can be written down again, quoted, and is understood as the same.
		var b strings.Builder
		for keyword, value := range values {
			b.WriteString(strings.ReplaceAll(keyword, "=", "==") + `="` + strings.ReplaceAll(value, `"`, `""`) + `";`)
		}
		again, err := parseADO(b.String())
		if b.Len() > maxADO || !utf8.ValidString(s) || hasControl(s) {
			return
		}
		if err != nil || !maps.Equal(values, again) {
			t.Errorf("%q gives %q; written again, %q gives %q, %v", s, values, b.String(), again, err)
		}
	})
}
