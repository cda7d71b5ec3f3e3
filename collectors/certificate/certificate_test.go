package certificate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ssisaudit/collectors/facts"
)

// load reads one of the certificates that testdata/make.sh makes with OpenSSL.
func load(t testing.TB, name string) []byte {
	t.Helper()
	der, err := os.ReadFile(filepath.Join("testdata", name+".der"))
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// The expectations are what make.sh asks of OpenSSL.
func TestCertificatesAsTheyAreFoundInStores(t *testing.T) {
	const host = "ssis-master.contoso.com"
	for _, test := range []struct {
		name, file string
		want       facts.Certificate // without thumbprint and validity
	}{
		{"all common names are kept, and the subject reads as RFC 2253 writes it", "sha256", facts.Certificate{
			Subject:     "CN=ssis-master.contoso.com,CN=SQLA.contoso.com,DC=contoso,DC=com",
			CommonNames: []string{"SQLA.contoso.com", host}, DNSNames: []string{host, "ssis-master"},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", SelfSigned: true}},
		{"a SHA-1 signature is verified", "sha1", facts.Certificate{
			Subject: "CN=" + host, CommonNames: []string{host},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA1-RSA", SelfSigned: true}},
		{"an MD5 signature is verified", "md5", facts.Certificate{
			Subject: `CN=Old Root,O=Old Root\, Inc.`, CommonNames: []string{"Old Root"},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "MD5-RSA", SelfSigned: true}},
		{"a negative serial number does no harm", "negative-serial", facts.Certificate{
			Subject: "CN=" + host, CommonNames: []string{host},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA1-RSA", SelfSigned: true}},
		{"an Ed25519 key", "ed25519", facts.Certificate{
			Subject: "CN=" + host, CommonNames: []string{host},
			KeyAlgorithm: "Ed25519", KeyBits: 256, SignatureAlgorithm: "Ed25519", SelfSigned: true}},
		{"two attributes in one part of the name", "p384", facts.Certificate{
			Subject: "OU=SSIS+CN=" + host, CommonNames: []string{host},
			KeyAlgorithm: "ECDSA", KeyBits: 384, SignatureAlgorithm: "ECDSA-SHA256", SelfSigned: true}},
		{"a common name stored as BMPString", "bmp-string", facts.Certificate{
			Subject: "CN=마스터", CommonNames: []string{"마스터"},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", SelfSigned: true}},
		{"a common name stored as T61String", "t61-string", facts.Certificate{
			Subject: "CN=Müller", CommonNames: []string{"Müller"},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", SelfSigned: true}},
		{"issuer and subject are equal, but another key signed it", "same-name", facts.Certificate{
			Subject: "CN=" + host, CommonNames: []string{host},
			KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", SelfSigned: false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Parse(load(t, test.file))
			if got.Unreadable != "" {
				t.Fatal(got.Unreadable)
			}
			if life := got.NotAfter.Sub(got.NotBefore); life != 3650*24*time.Hour {
				t.Errorf("valid from %v to %v; made for 3650 days", got.NotBefore, got.NotAfter)
			}
			want := test.want
			if want.Issuer == "" {
				want.Issuer = want.Subject
			}
			if got.Subject != want.Subject || got.Issuer != want.Issuer {
				t.Errorf("subject %q issuer %q, want %q and %q", got.Subject, got.Issuer, want.Subject, want.Issuer)
			}
			if !slices.Equal(got.CommonNames, want.CommonNames) || !slices.Equal(got.DNSNames, want.DNSNames) {
				t.Errorf("CNs %q DNS names %q, want %q and %q", got.CommonNames, got.DNSNames, want.CommonNames,
					want.DNSNames)
			}
			if got.KeyAlgorithm != want.KeyAlgorithm || got.KeyBits != want.KeyBits ||
				got.SignatureAlgorithm != want.SignatureAlgorithm || got.SelfSigned != want.SelfSigned {
				t.Errorf("got %s %d %s self-signed %t, want %s %d %s %t",
					got.KeyAlgorithm, got.KeyBits, got.SignatureAlgorithm, got.SelfSigned,
					want.KeyAlgorithm, want.KeyBits, want.SignatureAlgorithm, want.SelfSigned)
			}
			if got.PrivateKey || got.FriendlyName != "" {
				t.Error("a certificate alone knows of no private key and has no friendly name")
			}
		})
	}
}

// The expectation is what "openssl x509 -fingerprint -sha1" prints for the file.
func TestThumbprintIsTheSHA1OfTheDER(t *testing.T) {
	const want = "A7D07A7184A5D2240DC276173D2699C3537F2DF2"
	if got := Parse(load(t, "sha1")).Thumbprint; got != want {
		t.Errorf("thumbprint %s, want %s", got, want)
	}
}

func TestWhatCannotBeParsedSaysSoAndKeepsItsThumbprint(t *testing.T) {
	damaged := load(t, "sha1")
	damaged = damaged[:len(damaged)-1]
	for name, der := range map[string][]byte{
		"a curve that Go does not know": load(t, "brainpool"),
		"a certificate cut short":       damaged,
		"no bytes at all":               nil,
		"text":                          []byte("-----BEGIN CERTIFICATE-----"),
	} {
		t.Run(name, func(t *testing.T) {
			c := Parse(der)
			if !strings.HasPrefix(c.Unreadable, "cannot parse the certificate") {
				t.Errorf("Unreadable is %q", c.Unreadable)
			}
			if len(c.Thumbprint) != 40 || c.Subject != "" || len(c.CommonNames) != 0 || c.SelfSigned {
				t.Errorf("got %+v, want the thumbprint alone", c)
			}
			if c.CommonNames == nil || c.DNSNames == nil {
				t.Error("lists are never nil")
			}
		})
	}
}

func TestATamperedCertificateIsNotSelfSigned(t *testing.T) {
	for _, name := range []string{"sha1", "md5", "sha256", "negative-serial", "p384"} {
		der := load(t, name)
		der[len(der)-1] ^= 1 // the signature is the last field
		if c := Parse(der); c.SelfSigned {
			t.Errorf("%s: self-signed with a signature that does not verify", name)
		}
	}
}

func TestSpecialCharactersInNamesAreEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain", `a,b`: `a\,b`, ` lead`: `\ lead`, `trail `: `trail\ `, `#1`: `\#1`, `a#`: `a#`,
		`q"\;`: `q\"\\\;`,
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.der")
	if err != nil || len(files) < 10 {
		f.Fatal("no certificates in testdata", err)
	}
	for _, file := range files {
		f.Add(load(f, strings.TrimSuffix(filepath.Base(file), ".der")))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c := Parse(der)
		if len(c.Thumbprint) != 40 || c.CommonNames == nil || c.DNSNames == nil {
			t.Fatalf("incomplete: %+v", c)
		}
		if c.Unreadable != "" && (c.Subject != "" || c.SelfSigned) {
			t.Fatalf("unreadable, and yet it says %+v", c)
		}
		if c.SelfSigned && c.Issuer != c.Subject {
			t.Fatalf("self-signed by %q, which is not %q", c.Issuer, c.Subject)
		}
	})
}
