package tdstest

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Encryption is what the server asks of a connection ([MS-TDS] 2.2.6.5).
type Encryption int

const (
	// Required: the whole connection is encrypted; a client that cannot is refused.
	Required Encryption = iota
	// LoginOnly: the login is encrypted, and the rest where the client asks for it.
	LoginOnly
	// NotSupported: nothing is encrypted, as by a server without a usable certificate.
	NotSupported
	// Strict: TDS 8.0, in which TLS comes before everything else; every other client is refused.
	Strict
)

// Values of the PRELOGIN option ENCRYPTION.
const (
	encryptOff          = 0
	encryptOn           = 1
	encryptNotSupported = 2
	encryptRequired     = 3
)

// Options of PRELOGIN.
const (
	optionVersion    = 0
	optionEncryption = 1
	optionInstance   = 2
	optionThread     = 3
	optionMARS       = 4
	optionTerminator = 0xFF
)

// productVersion is SQL Server 2022, 16.0.1000, and its sub-build.
var productVersion = []byte{16, 0, 1000 >> 8, 1000 & 0xFF, 0, 0}

// decodePrelogin gives what the client says about encryption.
func decodePrelogin(body []byte) (encryption byte, err error) {
	found := false
	for at := 0; ; at += 5 {
		if at >= len(body) {
			return 0, errors.New("PRELOGIN has no terminator")
		}
		if body[at] == optionTerminator {
			break
		}
		if at+5 > len(body) {
			return 0, errors.New("PRELOGIN ends within its list of options")
		}
		offset, length := int(binary.BigEndian.Uint16(body[at+1:])), int(binary.BigEndian.Uint16(body[at+3:]))
		if offset+length > len(body) {
			return 0, fmt.Errorf("PRELOGIN option %d lies beyond the message", body[at])
		}
		if body[at] == optionEncryption && length > 0 {
			encryption, found = body[offset], true
		}
	}
	if !found {
		return 0, errors.New("PRELOGIN says nothing about encryption")
	}
	return encryption, nil
}

func encodePrelogin(encryption byte) []byte {
	options := []struct {
		kind  byte
		value []byte
	}{
		{optionVersion, productVersion},
		{optionEncryption, []byte{encryption}},
		{optionInstance, []byte{0}}, // the instance name that the client sent is right
		{optionThread, nil},
		{optionMARS, []byte{0}},
	}
	offset := 5*len(options) + 1
	var list, values []byte
	for _, o := range options {
		list = append(list, o.kind)
		list = binary.BigEndian.AppendUint16(list, uint16(offset+len(values)))
		list = binary.BigEndian.AppendUint16(list, uint16(len(o.value)))
		values = append(values, o.value...)
	}
	return append(append(list, optionTerminator), values...)
}

// negotiate gives the server's answer to the client's wish.
func (e Encryption) negotiate(client byte) byte {
	wants := client == encryptOn || client == encryptRequired
	switch {
	case e == NotSupported || e == Strict: // strict: nothing more inside the TLS connection
		return encryptNotSupported
	case e == Required && wants:
		return encryptOn
	case e == Required:
		return encryptRequired
	case wants:
		return encryptOn
	case client == encryptOff:
		return encryptOff
	default:
		return encryptNotSupported
	}
}
