package tdstest

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Query is one request of a client: a batch, a call of sp_executesql, or a call of another procedure.
type Query struct {
	// Connection numbers the server's connections, from 1.
	Connection int
	// Text is the batch, or the statement given to sp_executesql. Empty: a procedure is called.
	Text string
	// Procedure is the called procedure as the client names it. Empty for batches and for sp_executesql.
	Procedure string
	// Params are the parameters of the procedure, or of the statement given to sp_executesql.
	Params []Param
	// Login is who asks.
	Login Login
}

// String names the query for messages; parameters stay out of it.
func (q Query) String() string {
	if q.Procedure != "" {
		return fmt.Sprintf("the call of procedure %s", q.Procedure)
	}
	return fmt.Sprintf("the query %q", q.Text)
}

// Param is one parameter of a call.
type Param struct {
	// Name begins with "@"; empty for a parameter that is given by its position.
	Name   string
	Output bool
	Type   Type
	// Value is nil (NULL), string, int64, bool, time.Time, uuid.UUID or []byte.
	Value any
}

// request is a Query and what is needed to answer it.
type request struct {
	Query
	reset bool
	rpc   bool
	// firstParam is the position of Params[0] in the call.
	firstParam int
}

const (
	procByID        = 0xFFFF // in place of the length of a procedure's name
	procExecuteSQL  = 10
	paramOutput     = 0x01
	paramDefault    = 0x02
	paramEncrypted  = 0x08
	maxParams       = 2100
	rpcSeparator    = 0xFF
	rpcSeparatorOld = 0x80
)

// skipHeaders passes over ALL_HEADERS, with which every request begins.
func (d *decoder) skipHeaders() {
	total := d.uint32()
	if total < 4 {
		d.fail("ALL_HEADERS declares %d bytes, fewer than its own length takes", total)
	}
	d.bytes(int(total) - 4)
}

func decodeBatch(body []byte) (request, error) {
	d := decoder{rest: body}
	d.skipHeaders()
	if len(d.rest)%2 != 0 {
		d.fail("a batch ends within a character")
	}
	return request{Query: Query{Text: decodeUTF16(d.rest)}}, d.err
}

func decodeRPC(body []byte) (request, error) {
	d := decoder{rest: body}
	d.skipHeaders()
	req := request{rpc: true}
	length, id := d.uint16(), uint16(0)
	if length == procByID {
		id = d.uint16()
		req.Procedure = fmt.Sprintf("#%d", id) // a built-in procedure by its number
	} else {
		req.Procedure = d.text(int(length))
	}
	d.uint16() // option flags
	for d.err == nil && len(d.rest) > 0 {
		if d.rest[0] == rpcSeparator || d.rest[0] == rpcSeparatorOld {
			d.fail("several procedure calls in one message are not supported by the TDS test server")
			break
		}
		if len(req.Params) == maxParams {
			d.fail("a call has more than %d parameters", maxParams)
			break
		}
		req.Params = append(req.Params, d.param())
	}
	if d.err != nil {
		return request{}, d.err
	}
	if id == procExecuteSQL || isExecuteSQL(req.Procedure) {
		return req.executeSQL()
	}
	return req, nil
}

func isExecuteSQL(procedure string) bool {
	name := strings.NewReplacer("[", "", "]", "").Replace(strings.ToLower(procedure))
	return name == "sp_executesql" || strings.HasSuffix(name, ".sp_executesql")
}

// executeSQL takes statement and declarations out of the parameters of sp_executesql.
func (r request) executeSQL() (request, error) {
	if len(r.Params) == 0 {
		return request{}, fmt.Errorf("sp_executesql is called without a statement")
	}
	text, isText := r.Params[0].Value.(string)
	if !isText {
		return request{}, fmt.Errorf("sp_executesql is called with a statement of type %s", r.Params[0].Type)
	}
	r.Text, r.Procedure = text, ""
	r.firstParam = min(2, len(r.Params))
	r.Params = r.Params[r.firstParam:]
	return r, nil
}

func (d *decoder) param() Param {
	p := Param{Name: d.text(int(d.byte()))}
	flags := d.byte()
	if flags&(paramEncrypted|paramDefault) != 0 {
		d.fail("parameter %s is encrypted or asks for its default, which the TDS test server cannot do", p.Name)
	}
	p.Output = flags&paramOutput != 0
	p.Type = d.typeInfo(p.Name)
	p.Value = d.value(p.Name, p.Type)
	return p
}

func (d *decoder) typeInfo(param string) Type {
	t := Type{id: d.byte()}
	switch t.id {
	case typeNull:
	case typeIntN, typeBitN, typeGUID:
		t.size = int(d.byte())
		valid := map[byte]string{typeIntN: "\x01\x02\x04\x08", typeBitN: "\x01", typeGUID: "\x10"}[t.id]
		if !strings.ContainsRune(valid, rune(t.size)) {
			d.fail("parameter %s: %d bytes are no size of TDS type 0x%02X", param, t.size, t.id)
		}
	case typeDateTimeOffset:
		t.size = DateTimeOffset.size
		if s := d.byte(); s != scale {
			d.fail("parameter %s: the TDS test server reads DATETIMEOFFSET of scale %d, not %d", param, scale, s)
		}
	case typeNVarChar:
		t.size = int(d.uint16())
		d.bytes(len(collation))
	case typeVarBinary:
		t.size = int(d.uint16())
	default:
		d.fail("parameter %s: the TDS test server does not read TDS type 0x%02X", param, t.id)
	}
	return t
}

// value takes one value of the type; nil is NULL.
func (d *decoder) value(param string, t Type) any {
	data, null := d.data(t)
	if null || d.err != nil {
		return nil
	}
	switch t.id {
	case typeNVarChar:
		return decodeUTF16(data)
	case typeVarBinary:
		return data
	}
	if len(data) != t.size {
		d.fail("parameter %s: a value of %s has %d bytes", param, t, len(data))
		return nil
	}
	switch t.id {
	case typeBitN:
		return data[0] != 0
	case typeGUID:
		return uuid.UUID(swapGUID(uuid.UUID(data)))
	case typeDateTimeOffset:
		return decodeTime(data)
	default:
		return decodeInt(data)
	}
}

// data takes the bytes of one value, and whether it is NULL.
func (d *decoder) data(t Type) (data []byte, null bool) {
	switch {
	case t.id == typeNull:
		return nil, true
	case t.size == maxSize:
		return d.chunks()
	case t.id == typeNVarChar || t.id == typeVarBinary:
		n := d.uint16()
		if n == 0xFFFF {
			return nil, true
		}
		return d.bytes(int(n)), false
	default:
		n := d.byte()
		return d.bytes(int(n)), n == 0
	}
}

// chunks takes a value of a MAX type: a total, which may be unknown, then chunks up to an empty one.
func (d *decoder) chunks() (data []byte, null bool) {
	if d.uint64() == plpNull {
		return nil, true
	}
	data = []byte{}
	for d.err == nil {
		n := d.uint32()
		if n == 0 {
			break
		}
		data = append(data, d.bytes(int(n))...)
	}
	return data, false
}

func decodeInt(b []byte) int64 {
	switch len(b) {
	case 1:
		return int64(b[0])
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	default:
		return int64(binary.LittleEndian.Uint64(b))
	}
}

func decodeTime(b []byte) time.Time {
	d := decoder{rest: b}
	ticks, day, offset := d.uint(5), d.uint(3), int16(d.uint16())
	zone := time.FixedZone("", int(offset)*60)
	return time.Unix(int64(day)*86400-unixDay1+int64(ticks/10_000_000), int64(ticks%10_000_000)*100).In(zone)
}
