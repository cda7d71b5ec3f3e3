package windows

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// property is one entry of a stored certificate.
func property(id uint32, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, id)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

func join(parts ...[]byte) (all []byte) {
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// The certificate is one of the package certificate; the thumbprint is what "openssl x509 -fingerprint -sha1" prints.
func storeCertificate(t testing.TB) (der []byte, thumbprint string) {
	t.Helper()
	der, err := os.ReadFile(filepath.Join("..", "certificate", "testdata", "sha1.der"))
	if err != nil {
		t.Fatal(err)
	}
	return der, "A7D07A7184A5D2240DC276173D2699C3537F2DF2"
}

func TestAStoredCertificateHasItsPropertiesRead(t *testing.T) {
	der, thumbprint := storeCertificate(t)
	key, name, cert := property(2, []byte("key container")), property(11, utf16LE("SSIS\x00")), property(32, der)
	for _, test := range []struct {
		name         string
		blob         []byte
		privateKey   bool
		friendlyName string
	}{
		{"with a private key and a name", join(property(3, make([]byte, 20)), key, name, cert), true, "SSIS"},
		{"the certificate first", join(cert, name, key), true, "SSIS"},
		{"without a private key", join(name, cert), false, "SSIS"},
		{"with an empty private key property", join(property(2, nil), cert), false, ""},
		{"alone", cert, false, ""},
	} {
		c := storedCertificate(strings.ToLower(thumbprint), Value{RegBinary, test.blob}, true)
		if c.Unreadable != "" || c.Thumbprint != thumbprint || c.PrivateKey != test.privateKey ||
			c.FriendlyName != test.friendlyName {
			t.Errorf("%s: %+v", test.name, c)
		}
	}
}

func TestAStoredCertificateThatCannotBeUnderstoodSaysWhy(t *testing.T) {
	der, thumbprint := storeCertificate(t)
	cert := property(32, der)
	other := strings.Repeat("AB", 20)
	for _, test := range []struct {
		name, key string
		value     Value
		why       string
	}{
		{"an empty blob", thumbprint, Value{RegBinary, nil}, "holds no certificate"},
		{"a blob of another type", thumbprint, Value{RegSZ, cert}, "not REG_BINARY"},
		{"a blob cut short", thumbprint, Value{RegBinary, cert[:len(cert)-1]}, "claims"},
		{"a length beyond all bounds", thumbprint, Value{RegBinary,
			[]byte("\x20\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xff")}, "claims 4294967295"},
		{"bytes behind the last property", thumbprint, Value{RegBinary, join(cert, []byte{1})}, "are no property"},
		{"two certificates", thumbprint, Value{RegBinary, join(cert, cert)}, "property 32 is there twice"},
		{"another certificate than the key says", other, Value{RegBinary, cert}, "has the thumbprint " + thumbprint},
		{"a key that is no thumbprint", "x", Value{RegBinary, cert}, `the key "x"`},
		{"a certificate that is none", thumbprint, Value{RegBinary, property(32, []byte("x"))}, "has the thumbprint"},
		{"a huge blob", thumbprint, Value{RegBinary, make([]byte, maxBlob+1)}, "more than"},
		{"a name with half a character", thumbprint, Value{RegBinary, join(property(11, []byte{1}), cert)},
			"friendly name"},
	} {
		c := storedCertificate(test.key, test.value, true)
		if !strings.Contains(c.Unreadable, test.why) {
			t.Errorf("%s: Unreadable is %q, want %q in it", test.name, c.Unreadable, test.why)
		}
		if want := strings.TrimPrefix(test.key, "x"); c.Thumbprint != want || c.Subject != "" || c.PrivateKey {
			t.Errorf("%s: %+v, want the key's name and nothing else", test.name, c)
		}
	}
	if c := storedCertificate(thumbprint, Value{}, false); !strings.Contains(c.Unreadable, "no value Blob") {
		t.Errorf("no blob: %+v", c)
	}
}

func FuzzStoredCertificate(f *testing.F) {
	der, thumbprint := storeCertificate(f)
	f.Add(join(property(2, []byte("k")), property(11, utf16LE("n\x00")), property(32, der)))
	f.Add(property(32, der)[:20])
	f.Fuzz(func(t *testing.T, blob []byte) {
		c := storedCertificate(thumbprint, Value{RegBinary, blob}, true)
		if c.Thumbprint != thumbprint || c.CommonNames == nil || c.DNSNames == nil {
			t.Fatalf("%+v", c)
		}
		if c.Unreadable != "" && (c.Subject != "" || c.PrivateKey || c.FriendlyName != "") {
			t.Fatalf("unreadable, and yet %+v", c)
		}
	})
}
