package tdstest

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// Login is what a client says of itself when it logs in. The password is not kept.
type Login struct {
	User       string
	Host       string // the client's machine
	App        string
	ServerName string // as the client calls the server
	Database   string
	// ReadOnlyIntent is ApplicationIntent=ReadOnly.
	ReadOnlyIntent bool
	// Integrated is a login with Windows credentials; the server refuses it.
	Integrated bool
	// Encrypted says that the whole connection is encrypted, not just the login.
	Encrypted bool
}

// TDS versions in LOGIN7 and LOGINACK.
const (
	version74 = 0x74000004
	version80 = 0x08000000
)

// Layout of LOGIN7 ([MS-TDS] 2.2.6.4): numbers, then pairs of offset and length, in UTF-16 code units, of the texts.
const (
	loginHeaderSize = 94

	loginVersion      = 4
	loginPacketSize   = 8
	loginOptionFlags2 = 25
	loginTypeFlags    = 26
	loginHost         = 36
	loginUser         = 40
	loginPassword     = 44
	loginApp          = 48
	loginServer       = 52
	loginDatabase     = 68

	flagIntegrated     = 0x80 // in OptionFlags2
	flagReadOnlyIntent = 0x20 // in TypeFlags
)

// login7 is a decoded LOGIN7.
type login7 struct {
	Login
	password   string
	packetSize int
	version    uint32
}

func decodeLogin7(body []byte) (login7, error) {
	if len(body) < loginHeaderSize {
		return login7{}, fmt.Errorf("LOGIN7 has %d bytes, fewer than its %d fixed ones", len(body), loginHeaderSize)
	}
	if declared := binary.LittleEndian.Uint32(body); int64(declared) != int64(len(body)) {
		return login7{}, fmt.Errorf("LOGIN7 declares %d bytes and has %d", declared, len(body))
	}
	var err error
	field := func(name string, at int) []byte {
		offset := int(binary.LittleEndian.Uint16(body[at:]))
		size := 2 * int(binary.LittleEndian.Uint16(body[at+2:]))
		switch {
		case size == 0:
			return nil
		case offset < loginHeaderSize || offset+size > len(body):
			err = fmt.Errorf("the %s in LOGIN7 lies beyond the message", name)
			return nil
		}
		return body[offset : offset+size]
	}
	l := login7{
		Login: Login{
			User:           decodeUTF16(field("user name", loginUser)),
			Host:           decodeUTF16(field("host name", loginHost)),
			App:            decodeUTF16(field("application name", loginApp)),
			ServerName:     decodeUTF16(field("server name", loginServer)),
			Database:       decodeUTF16(field("database", loginDatabase)),
			ReadOnlyIntent: body[loginTypeFlags]&flagReadOnlyIntent != 0,
			Integrated:     body[loginOptionFlags2]&flagIntegrated != 0,
		},
		password:   decodeUTF16(unmangle(field("password", loginPassword))),
		packetSize: int(min(binary.LittleEndian.Uint32(body[loginPacketSize:]), maxPacketSize)),
		version:    binary.LittleEndian.Uint32(body[loginVersion:]),
	}
	return l, err
}

// unmangle undoes what LOGIN7 does to a password: the halves of each byte swapped, then XOR 0xA5.
func unmangle(b []byte) []byte {
	plain := make([]byte, len(b))
	for i, c := range b {
		c ^= 0xA5
		plain[i] = c<<4 | c>>4
	}
	return plain
}

// login answers LOGIN7 and reports whether the client is in.
func (c *conn) login(l login7) (bool, error) {
	if refusal := c.server.refusal(l); refusal != nil {
		r := &replier{conn: c, w: c.writer(), token: tokenDone}
		if err := refusal.write(r); err != nil {
			return false, err
		}
		last := *r.pending
		r.pending = nil
		return false, r.finish(last)
	}
	if l.packetSize < minPacketSize {
		l.packetSize = defaultPacketSize
	}
	if c.tls != nil {
		l.packetSize = min(l.packetSize, maxTLSPacketSize)
	}
	database := l.Database
	if database == "" {
		database = "master"
	}
	server := c.server.config.ServerName
	version := uint32(version74)
	if c.strict {
		version = version80
	}
	b := appendEnvChange(nil, envDatabase, database, "master")
	b = appendError(b, tokenInfo, Error{Number: 5701, State: 2,
		Message: "Changed database context to '" + database + "'."}, server)
	b = appendCollation(b)
	b = appendEnvChange(b, envLanguage, "us_english", "")
	b = appendError(b, tokenInfo, Error{Number: 5703, State: 1,
		Message: "Changed language setting to us_english."}, server)
	b = appendLoginAck(b, version)
	b = appendEnvChange(b, envPacketSize, strconv.Itoa(l.packetSize), strconv.Itoa(defaultPacketSize))
	b = done{token: tokenDone}.append(b)
	w := c.writer()
	if _, err := w.Write(b); err != nil {
		return false, err
	}
	c.packetSize = l.packetSize
	return true, w.end()
}

// refusal says why a login is not accepted, in SQL Server's words; nil when it is.
func (s *Server) refusal(l login7) *Error {
	if e, refused := s.config.Refusals[l.User]; refused {
		return &e
	}
	switch password, known := s.config.Users[l.User]; {
	case l.Integrated:
		return &Error{Number: 18452, Class: 14, Message: "Login failed. The login is from an untrusted domain and " +
			"cannot be used with Integrated authentication."}
	case !known || password != l.password:
		return &Error{Number: 18456, Class: 14, Message: "Login failed for user '" + l.User + "'."}
	case l.version < version74 && l.version != version80:
		return &Error{Number: UnknownQuery, Message: fmt.Sprintf(
			"the TDS test server speaks TDS 7.4 and 8.0, not 0x%08X", l.version)}
	}
	return nil
}
