package regtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"time"
)

// NewCertificate makes a self-signed server certificate with these common names, in this order, and a new key; the
// result is ready for a TLS listener. Certificate[0] is its DER form.
func NewCertificate(notBefore, notAfter time.Time, commonNames ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return tls.Certificate{}, err
	}
	template := x509.Certificate{SerialNumber: serial, NotBefore: notBefore, NotAfter: notAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	for _, name := range commonNames {
		template.Subject.ExtraNames = append(template.Subject.ExtraNames,
			pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: name})
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// Thumbprint is the SHA-1 of a certificate as Windows writes it: upper case, no separators.
func Thumbprint(der []byte) string { return fmt.Sprintf("%X", sha1.Sum(der)) }

// Hash is Thumbprint as bytes, as HTTP.sys stores it.
func Hash(der []byte) []byte { sum := sha1.Sum(der); return sum[:] }

// blob writes a stored certificate: {u32 id, u32 1, u32 length, bytes} for each of its properties.
func (c Stored) blob() []byte {
	if c.Blob != nil {
		return c.Blob
	}
	b := Property(nil, 3, Hash(c.DER))
	if c.PrivateKey {
		b = Property(b, 2, utf16LE("Microsoft Software Key Storage Provider\x00"))
	}
	if c.FriendlyName != "" {
		b = Property(b, 11, utf16LE(c.FriendlyName+"\x00"))
	}
	return Property(b, 32, c.DER)
}

// Property appends one property of a stored certificate to a blob.
func Property(blob []byte, id uint32, data []byte) []byte {
	blob = binary.LittleEndian.AppendUint32(blob, id)
	blob = binary.LittleEndian.AppendUint32(blob, 1)
	blob = binary.LittleEndian.AppendUint32(blob, uint32(len(data)))
	return append(blob, data...)
}
