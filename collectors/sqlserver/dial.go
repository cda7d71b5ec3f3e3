package sqlserver

import (
	"context"
	"errors"
	"net"
)

// maxBytes is how much an instance may send on one connection.
const maxBytes = 64 << 20

var (
	errTooMuch    = errors.New("the server sent more than 64 MiB")
	errPlainLogin = errors.New("the server offers no encryption, and the password would travel in the clear")
	errSentOn     = errors.New("the server sent the connection on to another server, which was not asked for")
)

// dialer makes the one connection to a target. It resolves names itself (it is a HostDialer), because the driver does
// so without a context.
type dialer struct {
	target Target
	// ctx ends with the whole reading, not with the dialling alone: the connection is closed when it ends.
	ctx    context.Context
	dialed bool
}

// HostName makes dialer a HostDialer.
func (d *dialer) HostName() string { return d.target.Host }

// DialContext is called once for the connection, and before that for SQL Server Browser (network "udp").
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network == "udp" {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	if d.dialed {
		return nil, errSentOn
	}
	d.dialed = true
	if d.target.Address != "" {
		address = d.target.Address
	}
	dial := new(net.Dialer).DialContext
	if d.target.Listener {
		dial = dialAll
	}
	conn, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return guard(d.ctx, conn), nil
}

// dialAll dials all addresses of a name at once, since a listener that spans subnets is online at one of them only.
func dialAll(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type dialled struct {
		conn net.Conn
		err  error
	}
	results := make(chan dialled)
	for _, a := range addresses {
		go func() {
			conn, err := new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(a.Unmap().String(), port))
			select {
			case results <- dialled{conn, err}:
			case <-ctx.Done():
				if conn != nil {
					_ = conn.Close()
				}
			}
		}()
	}
	var errs []error
	for range addresses {
		select {
		case r := <-results:
			if r.err == nil {
				return r.conn, nil
			}
			errs = append(errs, r.err)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, errors.Join(errs...)
}

// guarded is a connection that is closed when its context ends, gives no more than maxBytes, and refuses to send a
// login in the clear.
type guarded struct {
	net.Conn
	left int64
	stop func() bool
}

func guard(ctx context.Context, conn net.Conn) *guarded {
	g := &guarded{Conn: conn, left: maxBytes}
	g.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return g
}

func (g *guarded) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errTooMuch
	}
	n, err := g.Conn.Read(p)
	g.left -= int64(n)
	return n, err
}

// packetLogin7 is the packet type of a login ([MS-TDS] 2.2.3.1.1). Encrypted, it would be inside a TLS record, whose
// first byte is 20 to 23.
const packetLogin7 = 0x10

func (g *guarded) Write(p []byte) (int, error) {
	if len(p) > 0 && p[0] == packetLogin7 {
		return 0, errPlainLogin
	}
	return g.Conn.Write(p)
}

func (g *guarded) Close() error {
	g.stop()
	return g.Conn.Close()
}
