package inventory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ssisaudit/collectors/inventory"
)

// problems are the lines that reading text gives.
func problems(t *testing.T, text string) string {
	t.Helper()
	_, err := inventory.Parse("ssisaudit.yaml", []byte(text))
	var ps inventory.Problems
	if !errors.As(err, &ps) {
		t.Fatalf("error = %v, want Problems", err)
	}
	return err.Error()
}

// A whole inventory, so that lines are those a user would see.
const head = "version: 1\ndeployments:\n  - name: etl\n    topology: availability-group\n" // 4 lines
const rest = `    listener: {name: agl}
    replicas: [{name: SQLA}]
    nodes: [{name: SQLA}]
`

func TestProblemsNameLinePlaceAndWhatIsAccepted(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a value that is not in the list": {
			strings.Replace(head, "availability-group", "ag", 1) + rest,
			`ssisaudit.yaml:4: deployments[0].topology: "ag" is not accepted; use availability-group or failover-cluster-instance`,
		},
		"a key with a typing error": {
			head + rest + "    service_acount: CONTOSO\\svc\n",
			`ssisaudit.yaml:8: deployments[0].service_acount: this key is not known; did you mean service_account?`,
		},
		"a key that resembles none": {
			"version: 1\nzzzzzzzzzzzz: 1\n" + strings.TrimPrefix(head, "version: 1\n") + rest,
			`ssisaudit.yaml:2: zzzzzzzzzzzz: this key is not known; the keys here are credentials, deployments, limits or version`,
		},
		"a key that is missing": {
			"version: 1\ndeployments:\n  - topology: failover-cluster-instance\n    sql_network_name: {name: F}\n    nodes: [{name: A}]\n",
			`ssisaudit.yaml:3: deployments[0]: the key name is missing: Your own name for the deployment, unique.`,
		},
		"a key that is written twice": {
			head + rest + "    name: other\n",
			`ssisaudit.yaml:8: deployments[0].name: the key is written twice, first on line 3; keep one`,
		},
		"a key without a value": {
			head + rest + "    service_account:\n",
			`ssisaudit.yaml:8: deployments[0].service_account: there is no value; write text, or remove the key`,
		},
		"a number where text belongs": {
			head + rest + "    workers: [{name: 7}]\n",
			`ssisaudit.yaml:8: deployments[0].workers[0].name: this is taken for a number; write it in quotes to make it text`,
		},
		"a port that YAML would read as octal": {
			head + strings.Replace(rest, "agl}", "agl, port: 01433}", 1),
			`ssisaudit.yaml:5: deployments[0].listener.port: text is not accepted here; write a whole number`,
		},
		"a port out of range": {
			head + strings.Replace(rest, "agl}", "agl, port: 70000}", 1),
			`ssisaudit.yaml:5: deployments[0].listener.port: 70000 is not accepted; use a whole number from 1 to 65535`,
		},
		"text where a mapping belongs": {
			head + strings.Replace(rest, "{name: agl}", "agl", 1),
			`ssisaudit.yaml:5: deployments[0].listener: text is not accepted here; write a mapping with the keys address, name, port or sql`,
		},
		"yes where true belongs": {
			head + rest + "    sql: {trust_server_certificate: yes}\n",
			`ssisaudit.yaml:8: deployments[0].sql.trust_server_certificate: text is not accepted here; write true or false`,
		},
		"a number where a duration belongs": {
			head + rest + "limits: {target: 30}\n",
			`ssisaudit.yaml:8: limits.target: this is taken for a number; write it in quotes to make it text`,
		},
		"text that is no duration": {
			head + rest + "limits: {target: soon}\n",
			`ssisaudit.yaml:8: limits.target: "soon" is not a duration; write one such as 30s or 2m30s`,
		},
		"a duration of nothing": {
			head + rest + "limits: {target: 0s}\n",
			`ssisaudit.yaml:8: limits.target: 0s is not accepted; use 1s to 1h`,
		},
		"a run that may be shorter than one target": {
			head + rest + "limits: {target: 5m}\n",
			`ssisaudit.yaml:8: limits.target: total (3m0s) is shorter than target (5m0s); give the whole run at least the time of one target`,
		},
		"an availability group without a listener": {
			head + "    replicas: [{name: SQLA}]\n    nodes: [{name: SQLA}]\n",
			`ssisaudit.yaml:3: deployments[0]: topology availability-group needs the key listener: {name: ..., port: ...}`,
		},
		"an availability group without replicas": {
			head + "    listener: {name: agl}\n    nodes: [{name: SQLA}]\n",
			`ssisaudit.yaml:3: deployments[0]: topology availability-group needs the key replicas: the instances that hold SSISDB`,
		},
		"a failover cluster instance without its name": {
			strings.Replace(head, "availability-group", "failover-cluster-instance", 1) + "    nodes: [{name: SQLA}]\n",
			`ssisaudit.yaml:3: deployments[0]: topology failover-cluster-instance needs the key sql_network_name: {name: ...}`,
		},
		"a failover cluster instance with replicas": {
			strings.Replace(head, "availability-group", "failover-cluster-instance", 1) +
				"    sql_network_name: {name: FCI}\n    replicas: [{name: A}]\n    nodes: [{name: SQLA}]\n",
			`ssisaudit.yaml:6: deployments[0].replicas: a failover cluster instance is one instance, which sql_network_name names; remove this key`,
		},
		"no nodes": {
			head + strings.Replace(rest, "[{name: SQLA}]\n    nodes: [{name: SQLA}]", "[{name: SQLA}]\n    nodes: []", 1),
			`ssisaudit.yaml:7: deployments[0].nodes: the list is empty; write at least one`,
		},
		"a listener's port in its name": {
			head + strings.Replace(rest, "name: agl", `name: "agl,1433"`, 1),
			`ssisaudit.yaml:5: deployments[0].listener.name: "agl,1433" holds a port; write a DNS name such as agl-ssis.contoso.com, and the port under a key of its own`,
		},
		"a URL for the master's host": {
			head + rest + "    master: {host: 'https://ssis-master:8391'}\n",
			`ssisaudit.yaml:8: deployments[0].master.host: "https://ssis-master:8391" is a URL; write a DNS name such as agl-ssis.contoso.com`,
		},
		"an IP address for a node's name": {
			head + rest + "    workers: [{name: 10.0.0.5}]\n",
			`ssisaudit.yaml:8: deployments[0].workers[0].name: "10.0.0.5" is an IP address; write a server's name such as SQLA, and the IP address under the key address`,
		},
		"an address that is none": {
			head + rest + "    workers: [{name: WRK1, address: 'wrk1:0'}]\n",
			`ssisaudit.yaml:8: deployments[0].workers[0].address: "wrk1:0" is not an address; write host or host:port with a port from 1 to 65535, such as 10.0.0.5:1433`,
		},
		"an instance with two backslashes": {
			head + strings.Replace(rest, "replicas: [{name: SQLA}]", `replicas: [{name: 'SQLA\\INST'}]`, 1),
			`ssisaudit.yaml:6: deployments[0].replicas[0].name: "SQLA\\\\INST" is not an instance; write HOST or 'HOST\INSTANCE'`,
		},
		"a named instance behind an address without a port": {
			head + strings.Replace(rest, "replicas: [{name: SQLA}]", `replicas: [{name: 'SQLA\INST', address: 10.0.0.5}]`, 1),
			`ssisaudit.yaml:6: deployments[0].replicas[0].address: the address of a named instance needs a port: write host:port, or the key port`,
		},
		"names that differ in case at most": {
			head + rest + "    workers:\n      - name: WRK1\n      - name: wrk1\n",
			`ssisaudit.yaml:10: deployments[0].workers[1].name: "wrk1" is there already, as "WRK1" on line 9; name each server once`,
		},
		"the default instance under two names": {
			head + strings.Replace(rest, "replicas: [{name: SQLA}]", `replicas: [{name: SQLA}, {name: 'sqla\MSSQLSERVER'}]`, 1),
			`ssisaudit.yaml:6: deployments[0].replicas[1].name: "sqla" is there already, as "SQLA" on line 6; name each server once`,
		},
		"one server with its domain and without": {
			head + rest + "    workers:\n      - name: wrk1.contoso.com\n      - name: WRK1\n",
			`ssisaudit.yaml:10: deployments[0].workers[1].name: "WRK1" is there already, as "wrk1.contoso.com" on line 9; name each server once`,
		},
		"two servers at one address": {
			head + rest + "    workers: [{name: W1, address: 10.0.0.5}, {name: W2, address: '10.0.0.5:445'}]\n",
			`ssisaudit.yaml:8: deployments[0].workers[1].address: "10.0.0.5:445" is there already, on line 8; each must be different`,
		},
		"two deployments of one name": {
			head + rest + strings.TrimPrefix(head, "version: 1\ndeployments:\n") + rest,
			`ssisaudit.yaml:8: deployments[1].name: "etl" is there already, on line 3; each must be different`,
		},
		"authorities for a replica where nothing is checked": {
			head + "    sql: {trust_server_certificate: true}\n" +
				strings.Replace(rest, "replicas: [{name: SQLA}]", "replicas: [{name: SQLA, sql: {ca_file: root.pem}}]", 1),
			`ssisaudit.yaml:7: deployments[0].replicas[0].sql.ca_file: it has no effect with trust_server_certificate: true; remove one of the two`,
		},
		"credentials with a typing error": {
			head + rest + "    sql: {credentials: dbo}\ncredentials:\n  dba: {user: audit, password: {env: PW}}\n",
			`ssisaudit.yaml:8: deployments[0].sql.credentials: there are no credentials "dbo"; did you mean dba?`,
		},
		"no credentials at all": {
			head + rest + "    sql: {credentials: dba}\n",
			`ssisaudit.yaml:8: deployments[0].sql.credentials: there are no credentials "dba"; describe them under the key credentials`,
		},
		"native with credentials": {
			head + rest + "    windows: {via: native, credentials: w}\ncredentials:\n  w: {user: u, password: {env: PW}}\n",
			`ssisaudit.yaml:8: deployments[0].windows.via: native works with the identity of whoever runs ssisaudit, not with credentials; remove credentials or use via: smb`,
		},
		"native with a port": {
			head + strings.Replace(rest, "[{name: SQLA}]\n    nodes: [{name: SQLA}]",
				"[{name: SQLA}]\n    nodes:\n      - {name: SQLA, address: 'sqla:445'}\n      - {name: SQLB, address: 'sqlb:4450'}\n"+
					"      - {name: SQLC, address: 'sqlc:4450', windows: {via: smb}}", 1) + "    windows: {via: native}\n",
			`ssisaudit.yaml:9: deployments[0].nodes[1].address: native reaches port 445 only, not 4450; remove the port, or use via: smb`,
		},
		"no version": {
			strings.TrimPrefix(head, "version: 1\n") + rest,
			`ssisaudit.yaml:1: the key version is missing: Version of this file's form: 1`,
		},
		"authorities to check against, and no checking": {
			head + rest + "    sql: {trust_server_certificate: true, ca_file: root.pem}\n",
			`ssisaudit.yaml:8: deployments[0].sql.ca_file: it has no effect with trust_server_certificate: true; remove one of the two`,
		},
		"an empty file":          {"", `ssisaudit.yaml:1: the inventory is empty; it starts with version: 1 and deployments:`},
		"comments and no more":   {"# later\n", `ssisaudit.yaml:1: the inventory is empty; it starts with version: 1 and deployments:`},
		"a list":                 {"- a\n", `ssisaudit.yaml:1: a list is not accepted here; write a mapping with the keys credentials, deployments, limits or version`},
		"two documents":          {head + rest + "---\na: 1\n", `ssisaudit.yaml:8: there is more than one YAML document; keep one, without a second ---`},
		"a tab for indentation":  {"version: 1\ndeployments:\n\t- name: etl\n", `ssisaudit.yaml:3: a tab stands where YAML wants spaces; indent with spaces`},
		"UTF-16":                 {"version: 1\n\xff\xfe", `ssisaudit.yaml:2: the inventory is not UTF-8 text; save it as UTF-8`},
		"a control character":    {"version: 1\na: \x1b[2J\n", `ssisaudit.yaml:2: the inventory holds a control character that YAML does not allow; remove it`},
		"another version":        {"version: 2\n" + strings.TrimPrefix(head, "version: 1\n") + rest, `ssisaudit.yaml:1: version: 2 is not accepted; use 1`},
		"an unfinished bracket":  {head + "    nodes: [{name: A}\n    x: 1\n", `ssisaudit.yaml:6: this is not YAML: did not find expected ',' or ']'`},
		"a backslash in quotes":  {head + rest + "    service_account: \"CONTOSO\\svc\"\n", `ssisaudit.yaml:8: a backslash starts an escape in double quotes; write the text in single quotes, such as 'CONTOSO\user'`},
		"a backslash that means": {head + rest + "    service_account: \"CONTOSO\\new\"\n", `ssisaudit.yaml:8: deployments[0].service_account: the text holds a line break, a tab or an invisible character; in double quotes \n and \t are such: write 'CONTOSO\name' in single quotes`},
		"a zero-width character": {head + rest + "    master: {host: \"ssis\u200emaster\"}\n", `ssisaudit.yaml:8: deployments[0].master.host: the text holds a line break, a tab or an invisible character; in double quotes \n and \t are such: write 'CONTOSO\name' in single quotes`},
		"an anchor and an alias": {
			"version: &one 1\n" + strings.TrimPrefix(head, "version: 1\n") + rest + "limits: {parallel: *one}\n",
			"ssisaudit.yaml:1: version: YAML anchors (&) and aliases (*) are not allowed; write the value out, text that starts with & or * in quotes\n" +
				"ssisaudit.yaml:8: limits.parallel: YAML anchors (&) and aliases (*) are not allowed; write the value out, text that starts with & or * in quotes",
		},
		"a tag": {
			"version: !!int 1\n" + strings.TrimPrefix(head, "version: 1\n") + rest,
			"ssisaudit.yaml:1: version: YAML tags (!) are not allowed; write text that starts with ! in quotes",
		},
		"a merge key": {
			head + rest + "    <<: {name: x}\n",
			"ssisaudit.yaml:8: deployments[0]: a key here is not plain text; lists, mappings, <<, anchors and tags are not allowed as keys",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := problems(t, c.text); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestEverythingThatIsWrongIsReportedAtOnceInTheOrderOfTheFile(t *testing.T) {
	got := problems(t, `version: 1
deployments:
  - name: etl
    topology: ag
    listener: {name: "agl:1433", prot: 1433}
    replicas: [{name: SQLA}, {name: sqla}]
    nodes: [{name: 5}, {address: "x:y"}]
    sql: {credentials: nobody}
credentials:
  dba: {user: audit}
`)
	var places []string
	for line := range strings.SplitSeq(got, "\n") {
		parts := strings.SplitN(line, ":", 4)
		places = append(places, parts[1]+":"+parts[2])
	}
	want := []string{
		"4: deployments[0].topology", "5: deployments[0].listener.name", "5: deployments[0].listener.prot",
		"6: deployments[0].replicas[1].name", "7: deployments[0].nodes[0].name", "7: deployments[0].nodes[1]",
		"7: deployments[0].nodes[1].address", "8: deployments[0].sql.credentials", "10: credentials.dba",
	}
	if strings.Join(places, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestCredentialsAddUp(t *testing.T) {
	for written, want := range map[string]string{
		"{}":                          "credentials.c: write user and password: {env: VARIABLE}, {file: PATH} or {prompt: true}; or integrated: true",
		"{user: audit}":               "credentials.c: the key password is missing: write {env: VARIABLE}, {file: PATH} or {prompt: true}",
		"{password: {env: PW}}":       "credentials.c: the key user is missing",
		"{user: audit, password: {}}": "credentials.c.password: write exactly one of {env: VARIABLE}, {file: PATH} and {prompt: true}",
		"{user: audit, password: {env: A, file: b}}":                          "credentials.c.password: write exactly one of {env: VARIABLE}, {file: PATH} and {prompt: true}",
		"{user: audit, password: {prompt: false}}":                            "credentials.c.password.prompt: prompt: false names no password; write prompt: true, or env or file",
		"{integrated: true, password: {env: PW}}":                             "credentials.c.password: with integrated: true the identity of whoever runs ssisaudit is used; remove password, or integrated",
		"{integrated: true, user: audit}":                                     "credentials.c.user: with integrated: true a user is named only for a keytab; remove user, or write kerberos: {keytab: FILE}",
		"{integrated: true, kerberos: {keytab: k}}":                           "credentials.c: the key user is missing: whose key in the keytab?",
		"{integrated: true, user: u, kerberos: {keytab: k, cache: c}}":        "credentials.c.kerberos.cache: a keytab and a ticket cache cannot both be used; remove one",
		"{user: u, password: {env: PW}, kerberos: {cache: c}}":                "credentials.c.kerberos: keytab and cache go with integrated: true; with a password remove them",
		"{user: u, password: {env: PW}, kerberos: {config: /etc/krb5.conf}}":  "credentials.c.kerberos: with a password the key realm is needed, such as CONTOSO.COM",
		"{user: u, password: {env: PW}, kerberos: {relm: R, realm: CONTOSO}}": "credentials.c.kerberos: a key here is not known; did you mean realm?",
	} {
		if got, want := problems(t, head+rest+"credentials:\n  c: "+written+"\n"), "ssisaudit.yaml:9: "+want; got != want {
			t.Errorf("%s gives\n%s\nwant\n%s", written, got, want)
		}
	}
}

func TestCredentialsThatAddUpAreAccepted(t *testing.T) {
	for _, written := range []string{
		"{user: audit, password: {env: SSISAUDIT_SQL_PASSWORD}}", "{user: 'CONTOSO\\auditor', password: {prompt: true}}",
		"{user: a@contoso.com, password: {file: pw}, kerberos: {}}", "{integrated: true}", "{integrated: true, kerberos: {cache: c}}",
		"{integrated: true, user: u, kerberos: {realm: CONTOSO.COM, keytab: k}}",
	} {
		if _, err := inventory.Parse("ssisaudit.yaml", []byte(head+rest+"credentials:\n  c: "+written+"\n")); err != nil {
			t.Errorf("%s: %v", written, err)
		}
	}
}

// However a password got into the file, no message repeats it.
func TestAPasswordInTheInventoryIsRefusedAndNeverRepeated(t *testing.T) {
	inline := "a password is never written in the inventory"
	for written, want := range map[string]string{
		"{user: a, password: hunter2}":                                inline,
		"{user: a, password: 4711, comment: hunter2}":                 inline,
		"{user: a, password: [hunter2]}":                              inline,
		"{user: a, password: {hunter2: 1}}":                           "a key here is not known",
		"{user: a, password: {env: hunter2!}}":                        "not the name of an environment variable",
		"{user: a, password: {env: {hunter2: 1}}}":                    "write text",
		"{user: a, password: {hunter2: !x}}":                          "tags",
		"{user: a, password: {env: hunter2&, env: hunter2&}}":         "twice",
		"{user: a, password: *hunter2}":                               "alias",
		"{user: a, password: &hunter2 x}":                             "anchors",
		"{user: a, password: !hunter2 x}":                             "tags",
		"{user: a, password: \"hunter2\\q\"}":                         "escape",
		"{user: a, password: {hunter2: 1, hunter2: 2}}":               "twice",
		"{user: a, password: {file: \"hunter2\\n\"}}":                 "line break",
		"{user: a, password:hunter2}":                                 inline,
		"{user: a, pwd: hunter2}":                                     inline,
		"hunter2":                                                     "write a mapping",
		"{user: a, password: {prompt: hunter2}}":                      "write true or false",
		"{user: a, password: 'hunter2}":                               "not YAML",
		"{user: a, password: @hunter2}":                               "not YAML",
		"{user: a, password: {env: A}, kerberos: {realm: [hunter2]}}": "write text",
		"{user: a, password: {env: A}}\n  \"c:hunter2\": {}":          "a name of credentials",
	} {
		got := problems(t, head+rest+"credentials:\n  c: "+written+"\n")
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s\nis repeated: %s", written, got)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s gives\n%s\nwhich lacks %q", written, got, want)
		}
	}
	got := problems(t, head+rest+"    sql: {password: hunter2}\n    master: {host: 'Server=x;Password=hunter2'}\n")
	if strings.Contains(got, "hunter2") || !strings.Contains(got, inline) {
		t.Errorf("outside credentials: %s", got)
	}
}

func TestALargeOrDeepInventoryIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"too large":      strings.Repeat("# a comment\n", 100_000),
		"deep lists":     "version: " + strings.Repeat("[", 100_000),
		"deeper than 20": "a: " + strings.Repeat("[", 25) + strings.Repeat("]", 25),
		"a billion laughs": "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n" +
			"c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n",
	} {
		got := problems(t, text)
		if !strings.Contains(got, "larger than") && !strings.Contains(got, "deeper than 20") && !strings.Contains(got, "aliases") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAHundredProblemsAreShownInPart(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "    wrong%d: x\n", i)
	}
	got := problems(t, head+rest+b.String())
	if n := strings.Count(got, "\n"); n != 50 || !strings.HasSuffix(got, "ssisaudit.yaml: and 50 more") {
		t.Errorf("%d lines, the last of them %q", n+1, got[strings.LastIndex(got, "\n")+1:])
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", head + rest, minimal, "a: [1,\n", "a: &a [*a]\n", "? [a]\n: b\n", "a: !x y\n", "version: 1\nversion: 2\n", "\ta: 1", "a: 'x\n",
		head + rest + "credentials:\n  c: {user: a, password: hunter2}\nlimits: {target: 30s, parallel: 99999999999999999999}\n",
		head + rest + "    sql: {credentials: c}\n    windows: {via: none}\n", "deployments: [null, {listener: null}]\n", "--- |\n x\n",
		"{version: 1, deployments: [{name: a, topology: availability-group, listener: {name: a, port: 1e3}}]}", "a: .nan\nb: 1e999\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		inv, err := inventory.Parse("ssisaudit.yaml", data)
		if err == nil {
			if len(inv.Deployments) == 0 || inv.Limits.Parallel == 0 || inv.Limits.Total.Duration < inv.Limits.Target.Duration {
				t.Fatalf("accepted: %+v", inv)
			}
			for _, d := range inv.Deployments {
				if d.SQLServerName() == "" || len(d.Nodes) == 0 || d.SQL.Encrypt == "" {
					t.Fatalf("accepted: %+v", d)
				}
			}
			return
		}
		var ps inventory.Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("error of type %T: %v", err, err)
		}
		for i, p := range ps {
			if p.File != "ssisaudit.yaml" || p.Line < 1 || p.Message == "" || strings.ContainsAny(p.Error(), "\n\x1b") {
				t.Fatalf("problem %d: %+v", i, p)
			}
			if i > 0 && ps[i-1].Line > p.Line {
				t.Fatalf("not by line: %v", ps)
			}
		}
	})
}
