package policies_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Equivalent spellings never differ; different values never coincide; and what the domain says cannot be known is not.

// notTaken expects that a damaged spelling is not taken for the value, unless the damage made another spelling of it.
func notTaken(t *rapid.T, spelling *regexp.Regexp, function, text, value string, more ...string) {
	text = damaged(t, text)
	if !spelling.MatchString(text) && library(t, function, append([]string{text, value}, more...)...) == true {
		t.Fatalf("%s takes %q for %q (%q)", function, text, value, more)
	}
}

const (
	blank    = `[ \t\r\n]*`
	rootsDot = `\.?`
)

// spellHost writes a host by its short or its full name.
func spellHost(t *rapid.T, label, domain string, full bool) string {
	name := label
	if full {
		name += "." + domain
	}
	return anyCase(t, name) + rapid.SampledFrom([]string{"", "."}).Draw(t, "root")
}

// hostForm is every spelling of a host.
func hostForm(label, domain string) string {
	return fmt.Sprintf(`%s(\.%s)?%s`, regexp.QuoteMeta(label), regexp.QuoteMeta(domain), rootsDot)
}

func TestHostsAreComparedBeyondDoubt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name, domain := label(12).Draw(rt, "label"), dnsName().Draw(rt, "domain")
		full := [2]bool{rapid.Bool().Draw(rt, "full"), rapid.Bool().Draw(rt, "full")}
		spell := func(label, domain string, full bool) string {
			return blanks(rt) + spellHost(rt, label, domain, full) + blanks(rt)
		}
		a, b := spell(name, domain, full[0]), spell(name, domain, full[1])
		answers(rt, true, "hosts.same", a, b, anyCase(rt, domain))

		// Only where the names are not of one kind does it depend on the machine's domain.
		elsewhere := other(rt, dnsName(), domain)
		below := label(5).Draw(rt, "below") + "." + domain
		if full[0] == full[1] {
			answers(rt, true, "hosts.same", a, b, "")
			answers(rt, true, "hosts.same", a, b, elsewhere)
		} else {
			answers(rt, nil, "hosts.same", a, b, "")
			answers(rt, nil, "hosts.same", a, b, below)
			if !strings.HasSuffix(elsewhere, "."+domain) {
				answers(rt, false, "hosts.same", a, b, elsewhere)
			}
		}

		// Another label is another host, whatever the domain; so is another domain, where both names have one.
		stranger := spell(other(rt, label(12), name), domain, full[1])
		for _, d := range []string{"", domain, elsewhere} {
			answers(rt, false, "hosts.same", a, stranger, d)
			answers(rt, false, "hosts.same", spell(name, domain, true), spell(name, elsewhere, true), d)
		}
		notTaken(rt, regexp.MustCompile(`(?i)^`+blank+hostForm(name, domain)+blank+`$`), "hosts.same", a, name, domain)
	})
}

// place is how a server name goes on behind the host: the default instance, a port, or a named instance.
func place() *rapid.Generator[string] {
	return rapid.OneOf(rapid.Just(",1433"),
		rapid.Map(rapid.IntRange(1, 65535), func(port int) string { return "," + strconv.Itoa(port) }),
		rapid.Map(label(8).Filter(func(s string) bool { return s != "mssqlserver" }), func(s string) string { return `\` + s }))
}

// spellServer writes the place, as spellHost does the host.
func spellServer(t *rapid.T, host, place string) string {
	b := func() string { return blanks(t) }
	text := b() + anyCase(t, rapid.SampledFrom([]string{"", "tcp:", "tcp: "}).Draw(t, "protocol")) + host + b()
	port, isPort := strings.CutPrefix(place, ",")
	if !isPort {
		return text + `\` + b() + anyCase(t, place[1:]) + b()
	}
	forms := []string{"", `\` + b() + anyCase(t, "mssqlserver") + b(), `\` + label(8).Draw(t, "ignored")}
	form := rapid.SampledFrom(forms).Draw(t, "instance")
	if port == "1433" && form != forms[2] && rapid.Bool().Draw(t, "default") {
		return text + form
	}
	return text + form + "," + b() + zeros(t) + port + b()
}

func serverForm(label, domain, place string) *regexp.Regexp {
	form := `(?i)^` + blank + `(tcp:)?` + blank + hostForm(label, domain) + blank
	if port, isPort := strings.CutPrefix(place, ","); !isPort {
		form += `\\` + blank + regexp.QuoteMeta(place[1:])
	} else if port == "1433" {
		form += `(\\` + blank + `mssqlserver|(\\[^\\,]*[^\\, \t\r\n][^\\,]*)?,` + blank + `0*1433)?`
	} else {
		form += `(\\[^\\,]*[^\\, \t\r\n][^\\,]*)?,` + blank + `0*` + port
	}
	return regexp.MustCompile(form + blank + `$`)
}

func TestServerNamesAreComparedBeyondDoubt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name, domain, at := label(12).Draw(rt, "label"), dnsName().Draw(rt, "domain"), place().Draw(rt, "place")
		full := [2]bool{rapid.Bool().Draw(rt, "full"), rapid.Bool().Draw(rt, "full")}
		spell := func(label string, full bool, place string) string {
			return spellServer(rt, spellHost(rt, label, domain, full), place)
		}
		a := spell(name, full[0], at)
		answers(rt, true, "servers.same", a, spell(name, full[1], at), domain)
		answers(rt, map[bool]any{true: true, false: nil}[full[0] == full[1]], "servers.same", a, spell(name, full[1], at), "")

		elsewhere := other(rt, place(), at)
		stranger := other(rt, label(12), name)
		for _, d := range []string{"", domain} {
			answers(rt, false, "servers.same", a, spell(name, full[1], elsewhere), d)
			answers(rt, false, "servers.same", a, spell(stranger, full[1], at), d)
		}
		notTaken(rt, serverForm(name, domain, at), "servers.same", a, name+"."+domain+at, domain)
	})
}

func TestAddressesAreComparedBeyondDoubt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name, domain := label(12).Draw(rt, "label"), dnsName().Draw(rt, "domain")
		port := rapid.IntRange(1, 65535).Draw(rt, "port")
		spell := func(scheme, label, port string) string {
			host := spellHost(rt, label, domain, rapid.Bool().Draw(rt, "full"))
			if port != "" {
				port = ":" + zeros(rt) + port
			}
			slash := rapid.SampledFrom([]string{"", "/"}).Draw(rt, "slash")
			return blanks(rt) + anyCase(rt, scheme) + "://" + host + port + slash + blanks(rt)
		}
		p := strconv.Itoa(port)
		a := spell("https", name, p)
		answers(rt, true, "urls.same", a, spell("https", name, p), domain)

		others := []string{
			spell("http", name, p), spell("https", other(rt, label(12), name), p), spell("https", name, ""),
			spell("https", name, strconv.Itoa(port%65535+1)), fmt.Sprintf("https://%s:0", name), "",
		}
		for _, stranger := range others {
			for _, d := range []string{"", domain} {
				answers(rt, false, "urls.same", a, stranger, d)
			}
		}
		form := regexp.MustCompile(`(?i)^` + blank + `https://` + hostForm(name, domain) + `:0*` + p + `/*` + blank + `$`)
		notTaken(rt, form, "urls.same", a, fmt.Sprintf("https://%s.%s:%d", name, domain, port), domain)
	})
}

func TestAccountsAreComparedBeyondDoubt(t *testing.T) {
	user := rapid.StringMatching(`[a-z][a-z0-9._-]{0,15}[a-z0-9]\$?`).Filter(func(s string) bool {
		return s != "system" // Windows has one of its own
	})
	rapid.Check(t, func(rt *rapid.T) {
		name, domain := user.Draw(rt, "user"), dnsName().Draw(rt, "domain")
		netbios, _, _ := strings.Cut(domain, ".")
		// The forms: with the NetBIOS name, and two with the DNS name.
		spell := func(form int, user, domain string) string {
			short, _, _ := strings.Cut(domain, ".")
			text := []string{short + `\` + user, domain + `\` + user, user + "@" + domain}[form]
			return blanks(rt) + anyCase(rt, text) + blanks(rt)
		}
		f, g := rapid.IntRange(0, 2).Draw(rt, "form"), rapid.IntRange(0, 2).Draw(rt, "form")
		a := spell(f, name, domain)
		answers(rt, true, "accounts.same", a, spell(g, name, domain))
		answers(rt, false, "accounts.same", a, spell(g, other(rt, user, name), domain))

		// In another domain it is another account; a NetBIOS name that is not the first label may be its name all the same.
		elsewhere := other(rt, dnsName().Filter(func(s string) bool { return !strings.HasPrefix(s, netbios+".") }))
		want := map[bool]any{true: false, false: nil}[(f == 0) == (g == 0)]
		answers(rt, want, "accounts.same", a, spell(g, name, elsewhere))

		for _, local := range []string{`NT Service\` + name, `NT AUTHORITY\` + name, "LocalSystem", ""} {
			answers(rt, false, "accounts.same", a, anyCase(rt, local))
		}
		answers(rt, map[bool]any{true: nil, false: false}[f == 0], "accounts.same", a, `.\`+name)
		answers(rt, nil, "accounts.same", a, name)

		quoted, dns := regexp.QuoteMeta(name), regexp.QuoteMeta(domain)
		form := regexp.MustCompile(fmt.Sprintf(`(?i)^%[1]s((%[2]s|%[3]s)%[1]s\\%[4]s|%[4]s@%[3]s\.?)%[1]s$`,
			blank, regexp.QuoteMeta(netbios), dns, quoted))
		notTaken(rt, form, "accounts.same", a, name+"@"+domain)
	})
}

func TestWindowsOwnAccountsByAnyName(t *testing.T) {
	names := [][]string{
		{"", "LocalSystem", "SYSTEM", `NT AUTHORITY\SYSTEM`, `.\LocalSystem`},
		{"LocalService", `NT AUTHORITY\LocalService`, `NT AUTHORITY\LOCAL SERVICE`},
		{"NetworkService", `NT AUTHORITY\NetworkService`, `NT AUTHORITY\NETWORK SERVICE`},
		{`NT Service\SSISScaleOutMaster150`},
		{`NT Service\SSISScaleOutMaster160`},
	}
	rapid.Check(t, func(rt *rapid.T) {
		i, j := rapid.IntRange(0, len(names)-1).Draw(rt, "account"), rapid.IntRange(0, len(names)-1).Draw(rt, "account")
		a := anyCase(rt, rapid.SampledFrom(names[i]).Draw(rt, "name"))
		b := anyCase(rt, rapid.SampledFrom(names[j]).Draw(rt, "name"))
		answers(rt, i == j, "accounts.same", a, b)
		host := rapid.OneOf(label(15), anything()).Draw(rt, "host")
		if got := library(rt, "accounts.kind", a, host); got != "local" {
			rt.Fatalf("%q on %q is %v", a, host, got)
		}
	})
}

func TestWhoseAccountItIs(t *testing.T) {
	user := rapid.StringMatching(`[a-z][a-z0-9._-]{0,15}\$?`)
	rapid.Check(t, func(rt *rapid.T) {
		host, domain, name := label(20).Draw(rt, "host"), dnsName().Draw(rt, "domain"), user.Draw(rt, "user")
		netbios := host[:min(15, len(host))]
		machine := blanks(rt) + anyCase(rt, rapid.SampledFrom([]string{host, host + "." + domain}).Draw(rt, "machine")) + blanks(rt)
		kind := func(want any, account, machine string) {
			if got := library(rt, "accounts.kind", blanks(rt)+anyCase(rt, account)+blanks(rt), machine); got != want {
				rt.Fatalf("%q on %q: %v, want %v", account, machine, got, want)
			}
		}
		kind("local", `.\`+name, machine)
		kind("local", netbios+`\`+name, machine)
		kind("domain", name+"@"+domain, machine)
		kind("domain", name+"@"+domain, "")
		stranger := other(rt, label(15), netbios)
		kind("domain", stranger+`\`+name, machine)
		kind(nil, stranger+`\`+name, "") // it may be the machine's
	})
}

func TestThumbprintsAreComparedBeyondDoubt(t *testing.T) {
	digits := rapid.StringMatching(`[0-9A-F]{40}`)
	rapid.Check(t, func(rt *rapid.T) {
		spell := func(thumbprint string) string {
			var b strings.Builder
			for _, digit := range anyCase(rt, strings.ToLower(thumbprint)) {
				b.WriteString(rapid.SampledFrom([]string{"", "", "", " ", ":", "-", "\u200e", "\u00a0", "\t"}).Draw(rt, "between"))
				b.WriteRune(digit)
			}
			return b.String() + rapid.SampledFrom([]string{"", " ", "\u200e"}).Draw(rt, "behind")
		}
		a := digits.Draw(rt, "thumbprint")
		if got := library(rt, "thumbprints.clean", spell(a)); got != a {
			rt.Fatalf("%q: %v", a, got)
		}
		b := other(rt, digits, a)
		if library(rt, "thumbprints.clean", spell(a)) == library(rt, "thumbprints.clean", spell(b)) {
			rt.Fatalf("%q and %q are one", a, b)
		}
		shown, _ := library(rt, "thumbprints.clean", anything().Draw(rt, "text")).(string)
		if !regexp.MustCompile(`^[0-9A-F]*$`).MatchString(shown) {
			rt.Fatalf("%q is left", shown)
		}
	})
}

func TestBuildsAreComparedBeyondDoubt(t *testing.T) {
	number := rapid.IntRange(0, 99999)
	rapid.Check(t, func(rt *rapid.T) {
		spell := func(numbers []int) string {
			var parts []string
			for _, n := range numbers {
				parts = append(parts, zeros(rt)+strconv.Itoa(n))
			}
			return blanks(rt) + strings.Join(parts, ".") + blanks(rt)
		}
		a := rapid.SliceOfN(number, 4, 4).Draw(rt, "build")
		canonical := strings.Trim(strings.ReplaceAll(fmt.Sprint(a), " ", "."), "[]")
		if got := library(rt, "versions.canonical", spell(a)); got != canonical {
			rt.Fatalf("%v: %v", a, got)
		}
		b := append([]int{}, a...)
		i := rapid.IntRange(0, 3).Draw(rt, "part")
		b[i] += rapid.IntRange(1, 1000).Draw(rt, "more")
		if library(rt, "versions.canonical", spell(b)) == canonical {
			rt.Fatalf("%v and %v are one", a, b)
		}
		form := regexp.MustCompile(fmt.Sprintf(`^%[1]s0*%[2]d\.0*%[3]d\.0*%[4]d(\.0*%[5]d)?%[1]s$`, blank, a[0], a[1], a[2], a[3]))
		if text := damaged(rt, spell(a)); !form.MatchString(text) && library(rt, "versions.canonical", text) == canonical {
			rt.Fatalf("%q is taken for %v", text, a)
		}
	})
}

func TestTimesAreComparedBeyondDoubt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4102444799).Draw(rt, "seconds"), 0)
		spell := func(at time.Time) string {
			minutes := rapid.IntRange(-14*60, 14*60).Draw(rt, "zone")
			layout := rapid.SampledFrom([]string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05.0000000"}).Draw(rt, "layout")
			blank := rapid.SampledFrom([]string{"", " "}).Draw(rt, "blank")
			return blanks(rt) + at.In(time.FixedZone("", minutes*60)).Format(layout+blank+"-07:00") + blanks(rt)
		}
		if a, b := library(rt, "times.seconds", spell(at)), library(rt, "times.seconds", spell(at)); a == nil || a != b {
			rt.Fatalf("%s: %v, %v", at, a, b)
		}
		later := at.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(rt, "later")) * time.Second)
		if a, b := library(rt, "times.seconds", spell(at)), library(rt, "times.seconds", spell(later)); a == b {
			rt.Fatalf("%s and %s are one", at, later)
		}
	})
}
