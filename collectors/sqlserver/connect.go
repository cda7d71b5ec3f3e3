package sqlserver

import (
	"context"
	"database/sql/driver"
	"fmt"

	mssql "github.com/microsoft/go-mssqldb"
)

// connect dials and logs in. The connection is the driver's own, not one of database/sql's: a pool would try again, and
// would stop reading a batch at the first error in it.
func connect(ctx context.Context, t Target) (driver.Conn, error) {
	if err := t.check(); err != nil {
		return nil, t.unusable(err)
	}
	config, err := t.config()
	if err != nil {
		return nil, t.unusable(err)
	}
	connector := mssql.NewConnectorConfig(config)
	connector.Dialer = &dialer{target: t, ctx: ctx}
	type connected struct {
		conn driver.Conn
		err  error
	}
	// The driver waits for a Kerberos server without a context.
	result := make(chan connected, 1)
	go func() {
		conn, err := connectRecovering(ctx, connector)
		result <- connected{conn, err}
	}()
	select {
	case r := <-result:
		if r.err != nil {
			return nil, t.explain(ctx, r.err)
		}
		return r.conn, nil
	case <-ctx.Done():
		go func() {
			if r := <-result; r.err == nil {
				_ = r.conn.Close()
			}
		}()
		return nil, t.explain(ctx, ctx.Err())
	}
}

// connectRecovering makes an error of a panic: the driver has some for malformed answers.
func connectRecovering(ctx context.Context, connector *mssql.Connector) (conn driver.Conn, err error) {
	defer func() {
		if p := recover(); p != nil {
			conn, err = nil, fmt.Errorf("the server's answer is malformed: %v", p)
		}
	}()
	return connector.Connect(ctx)
}
