// Package certificate reads X.509 certificates into facts, whether they come from a certificate store or from a
// TLS handshake.
package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"

	"ssisaudit/collectors/facts"
)

// maxKeyBits bounds the RSA keys that a signature is checked with: larger ones only cost time.
const maxKeyBits = 16384

// Parse reads one DER certificate. It always returns the thumbprint (SHA-1 of der, upper case); a certificate that
// cannot be parsed is returned with Unreadable set and nothing else.
//
// SelfSigned is a proof, not an impression: issuer and subject are equal byte for byte and the signature verifies with
// the certificate's own key. It is false also where that cannot be checked (a signature algorithm that Go does not
// know, such as MD2 or DSA, or an RSA key under 1024 bits); whoever asks "who issued it" compares Issuer and Subject.
func Parse(der []byte) facts.Certificate {
	sum := sha1.Sum(der)
	c := facts.Certificate{Thumbprint: fmt.Sprintf("%X", sum[:]), CommonNames: []string{}, DNSNames: []string{}}
	parsed, err := parse(der)
	if err != nil {
		c.Unreadable = err.Error()
		return c
	}
	c.Subject = distinguishedName(parsed.RawSubject, parsed.Subject)
	c.Issuer = distinguishedName(parsed.RawIssuer, parsed.Issuer)
	for _, attribute := range parsed.Subject.Names { // Subject.CommonName is only the last of them
		if text, ok := attribute.Value.(string); ok && attribute.Type.Equal(oidCommonName) {
			c.CommonNames = append(c.CommonNames, text)
		}
	}
	c.DNSNames = append(c.DNSNames, parsed.DNSNames...)
	c.NotBefore, c.NotAfter = parsed.NotBefore.UTC(), parsed.NotAfter.UTC()
	c.KeyAlgorithm, c.KeyBits = key(parsed)
	c.SignatureAlgorithm = signatureAlgorithm(parsed, der)
	c.SelfSigned = selfSigned(parsed, der)
	return c
}

// parse is x509.ParseCertificate for certificates as they are found: those with a negative serial number, which
// Windows tools of old made and crypto/x509 refuses, are parsed with another serial number. Facts hold none.
func parse(der []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err == nil {
		return c, nil
	}
	if patched, negative := withPositiveSerial(der); negative {
		if c, patchedErr := x509.ParseCertificate(patched); patchedErr == nil {
			return c, nil
		}
	}
	return nil, fmt.Errorf("cannot parse the certificate of %d bytes: %w", len(der), err)
}

func key(c *x509.Certificate) (algorithm string, bits int) {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 8 * len(k)
	}
	if c.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		return "unknown", 0
	}
	return c.PublicKeyAlgorithm.String(), 0
}

// signatureAlgorithm names the algorithm as Go does, or by its object identifier where Go knows none.
func signatureAlgorithm(c *x509.Certificate, der []byte) string {
	if c.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		return c.SignatureAlgorithm.String()
	}
	return signatureOID(der)
}

func selfSigned(c *x509.Certificate, der []byte) bool {
	if string(c.RawIssuer) != string(c.RawSubject) {
		return false
	}
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxKeyBits {
		return false
	}
	signed, ok := signedPart(der)
	return ok && checkSignature(c, signed) == nil
}

// checkSignature verifies c's signature over signed with c's own key. CheckSignature takes SHA-1, but no MD5, which
// Root stores still hold.
func checkSignature(c *x509.Certificate, signed []byte) error {
	if c.SignatureAlgorithm != x509.MD5WithRSA {
		return c.CheckSignature(c.SignatureAlgorithm, signed, c.Signature)
	}
	k, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return errors.New("an MD5-RSA signature and no RSA key")
	}
	sum := md5.Sum(signed)
	return rsa.VerifyPKCS1v15(k, crypto.MD5, sum[:], c.Signature)
}
