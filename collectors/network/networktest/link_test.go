package networktest

import (
	"io"
	"net"
	"testing"
	"time"
)

func TestALinkLeadsToTheServerAndBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(conn, conn)
	}()
	conn, err := net.Dial("tcp", Link(t, l.Addr().String(), time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("there and back")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, len("there and back"))
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "there and back" {
		t.Errorf("%q, %v", answer, err)
	}
}
