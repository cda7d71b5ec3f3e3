package inventory

import (
	"regexp"
	"strings"
)

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkCredentials reports credentials that do not add up. No message repeats a value: it may be a misplaced password.
func (d *document) checkCredentials(inv *Inventory) {
	for name, c := range inv.Credentials {
		p := path{"credentials", name}
		if !plain(name) {
			d.report(p, "a name of credentials has up to 64 letters, digits, - and _")
			continue
		}
		if d.bad[key(p)] {
			continue
		}
		d.checkCredential(p, c)
		if c.Password != nil && !d.bad[key(p.at("password"))] {
			d.checkPasswordSource(p.at("password"), *c.Password)
		}
		if c.Kerberos != nil && !d.bad[key(p.at("kerberos"))] {
			d.checkKerberos(p.at("kerberos"), c)
		}
	}
}

func (d *document) checkCredential(p path, c Credential) {
	password, user := d.written(p.at("password")), d.written(p.at("user"))
	switch {
	case c.Integrated && password:
		d.report(p.at("password"), "with integrated: true the identity of whoever runs ssisaudit is used; "+
			"remove password, or integrated")
	case c.Integrated && user && (c.Kerberos == nil || c.Kerberos.Keytab == "") && !d.bad[key(p.at("kerberos"))]:
		d.report(p.at("user"), "with integrated: true a user is named only for a keytab; "+
			"remove user, or write kerberos: {keytab: FILE}")
	case c.Integrated || d.bad[key(p.at("integrated"))]:
	case !password && !user:
		d.problemAt(p, "write user and password: {env: VARIABLE}, {file: PATH} or {prompt: true}; or integrated: true")
	case !password:
		d.problemAt(p, "the key password is missing: write {env: VARIABLE}, {file: PATH} or {prompt: true}")
	case !user:
		d.problemAt(p, "the key user is missing")
	}
}

func (d *document) checkPasswordSource(p path, s PasswordSource) {
	n := 0
	for _, k := range []string{"env", "file", "prompt"} {
		if d.written(p.at(k)) {
			n++
		}
	}
	switch {
	case n != 1:
		d.problemAt(p, "write exactly one of {env: VARIABLE}, {file: PATH} and {prompt: true}")
	case d.written(p.at("prompt")) && !s.Prompt && !d.bad[key(p.at("prompt"))]:
		d.report(p.at("prompt"), "prompt: false names no password; write prompt: true, or env or file")
	case s.Env != "" && !variable.MatchString(s.Env):
		d.report(p.at("env"), "this is not the name of an environment variable; write the name, "+
			"such as SSISAUDIT_SQL_PASSWORD, and put the password in the variable")
	}
}

func (d *document) checkKerberos(p path, c Credential) {
	k := c.Kerberos
	switch {
	case k.Keytab != "" && k.Cache != "":
		d.report(p.at("cache"), "a keytab and a ticket cache cannot both be used; remove one")
	case !c.Integrated && (k.Keytab != "" || k.Cache != ""):
		d.problemAt(p, "keytab and cache go with integrated: true; with a password remove them")
	case !c.Integrated && k.Realm == "" && !strings.Contains(c.User, "@") && !d.bad[key(p.at("realm"))]:
		d.problemAt(p, "with a password the key realm is needed, such as CONTOSO.COM")
	case k.Keytab != "" && c.User == "" && !d.written(p[:2].at("user")):
		d.problemAt(p[:2], "the key user is missing: whose key in the keytab?")
	}
}
