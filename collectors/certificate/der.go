package certificate

import (
	"bytes"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// signedPart returns the TBSCertificate of a certificate (RFC 5280, 4.1), the bytes that its signature covers.
func signedPart(der []byte) (tbs cryptobyte.String, ok bool) {
	input := cryptobyte.String(der)
	var certificate cryptobyte.String
	ok = input.ReadASN1(&certificate, cbasn1.SEQUENCE) && certificate.ReadASN1Element(&tbs, cbasn1.SEQUENCE)
	return tbs, ok
}

// signatureOID returns the certificate's signature algorithm in dotted form, "unknown" if there is none to be read.
func signatureOID(der []byte) string {
	input := cryptobyte.String(der)
	var certificate, algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !input.ReadASN1(&certificate, cbasn1.SEQUENCE) || !certificate.SkipASN1(cbasn1.SEQUENCE) ||
		!certificate.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) {
		return "unknown"
	}
	return oid.String()
}

// withPositiveSerial returns a copy of der whose negative serial number is replaced by a positive one of the same
// length, and whether it had such a number.
func withPositiveSerial(der []byte) (patched []byte, negative bool) {
	patched = bytes.Clone(der)
	tbs, ok := signedPart(patched)
	var fields, serial cryptobyte.String
	if !ok || !tbs.ReadASN1(&fields, cbasn1.SEQUENCE) ||
		!fields.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!fields.ReadASN1(&serial, cbasn1.INTEGER) || len(serial) == 0 || serial[0]&0x80 == 0 {
		return nil, false
	}
	serial[0] = 1 // serial is a part of patched
	return patched, true
}
