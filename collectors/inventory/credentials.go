package inventory

import (
	"regexp"
	"strings"

	"ssisaudit/collectors/yamlfile"
)

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkCredentials reports credentials that do not add up. No message repeats a value: it may be a misplaced password.
func (d *document) checkCredentials(inv *Inventory) {
	for name, c := range inv.Credentials {
		p := yamlfile.Path{"credentials", name}
		if !yamlfile.Plain(name) {
			d.Report(p, "a name of credentials has up to 64 letters, digits, - and _")
			continue
		}
		if d.Bad(p) {
			continue
		}
		d.checkCredential(p, c)
		if c.Password != nil && !d.Bad(p.At("password")) {
			d.checkPasswordSource(p.At("password"), *c.Password)
		}
		if c.Kerberos != nil && !d.Bad(p.At("kerberos")) {
			d.checkKerberos(p.At("kerberos"), c)
		}
	}
}

func (d *document) checkCredential(p yamlfile.Path, c Credential) {
	password, user := d.Written(p.At("password")), d.Written(p.At("user"))
	switch {
	case c.Integrated && password:
		d.Report(p.At("password"), "with integrated: true the identity of whoever runs ssisaudit is used; "+
			"remove password, or integrated")
	case c.Integrated && user && (c.Kerberos == nil || c.Kerberos.Keytab == "") && !d.Bad(p.At("kerberos")):
		d.Report(p.At("user"), "with integrated: true a user is named only for a keytab; "+
			"remove user, or write kerberos: {keytab: FILE}")
	case c.Integrated || d.Bad(p.At("integrated")):
	case !password && !user:
		d.ReportAt(p, "write user and password: {env: VARIABLE}, {file: PATH} or {prompt: true}; or integrated: true")
	case !password:
		d.ReportAt(p, "the key password is missing: write {env: VARIABLE}, {file: PATH} or {prompt: true}")
	case !user:
		d.ReportAt(p, "the key user is missing")
	}
}

func (d *document) checkPasswordSource(p yamlfile.Path, s PasswordSource) {
	n := 0
	for _, k := range []string{"env", "file", "prompt"} {
		if d.Written(p.At(k)) {
			n++
		}
	}
	switch {
	case n != 1:
		d.ReportAt(p, "write exactly one of {env: VARIABLE}, {file: PATH} and {prompt: true}")
	case d.Written(p.At("prompt")) && !s.Prompt && !d.Bad(p.At("prompt")):
		d.Report(p.At("prompt"), "prompt: false names no password; write prompt: true, or env or file")
	case s.Env != "" && !variable.MatchString(s.Env):
		d.Report(p.At("env"), "this is not the name of an environment variable; write the name, "+
			"such as SSISAUDIT_SQL_PASSWORD, and put the password in the variable")
	}
}

func (d *document) checkKerberos(p yamlfile.Path, c Credential) {
	k := c.Kerberos
	switch {
	case k.Keytab != "" && k.Cache != "":
		d.Report(p.At("cache"), "a keytab and a ticket cache cannot both be used; remove one")
	case !c.Integrated && (k.Keytab != "" || k.Cache != ""):
		d.ReportAt(p, "keytab and cache go with integrated: true; with a password remove them")
	case !c.Integrated && k.Realm == "" && !strings.Contains(c.User, "@") && !d.Bad(p.At("realm")):
		d.ReportAt(p, "with a password the key realm is needed, such as CONTOSO.COM")
	case k.Keytab != "" && c.User == "" && !d.Written(p[:2].At("user")):
		d.ReportAt(p[:2], "the key user is missing: whose key in the keytab?")
	}
}
