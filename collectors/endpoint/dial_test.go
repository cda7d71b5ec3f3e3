package endpoint

import (
	"net"
	"net/netip"
	"strconv"
	"testing"

	"ssisaudit/collectors/network"
)

// closedPort is a port of 127.0.0.1 on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func TestANameIsRefusedOnlyWhenEveryAddressRefuses(t *testing.T) {
	refusing := netip.MustParseAddr("127.0.0.1")
	unreachable := netip.MustParseAddr("255.255.255.255") // TCP cannot go there: an error at once, and no refusal
	port := closedPort(t)
	for _, c := range []struct {
		addrs   []netip.Addr
		refused bool
	}{
		{[]netip.Addr{refusing}, true},
		{[]netip.Addr{refusing, netip.MustParseAddr("127.0.0.2")}, true},
		{[]netip.Addr{refusing, unreachable}, false},
		{[]netip.Addr{unreachable, refusing}, false},
	} {
		_, err := dial(t.Context(), c.addrs, port)
		if err == nil || network.Refused(err) != c.refused {
			t.Errorf("%v: error %v; refused should be %t", c.addrs, err, c.refused)
		}
	}
}

func TestTheNextAddressIsTriedWhenOneRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	conn, err := dial(t.Context(), []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}, port)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}
