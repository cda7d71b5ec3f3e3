package endpoint_test

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/facts"
)

// answers is a DNS server's answer.
type answers struct {
	addrs []string
	err   error
}

func (a answers) LookupNetIP(_ context.Context, network, _ string) ([]netip.Addr, error) {
	if network != "ip" {
		return nil, &net.DNSError{Err: "asked for " + network}
	}
	var list []netip.Addr
	for _, text := range a.addrs {
		list = append(list, netip.MustParseAddr(text))
	}
	return list, a.err
}

func TestAddressesAreSortedAndUnique(t *testing.T) {
	r := answers{addrs: []string{"10.0.1.20", "10.0.0.20", "::ffff:10.0.1.20", "fd00::1", "10.0.1.20"}}
	o := endpoint.Addresses(t.Context(), r, "agl-ssis.contoso.com", now)
	if o.Status != facts.Observed || !slices.Equal(*o.Value, []string{"10.0.0.20", "10.0.1.20", "fd00::1"}) {
		t.Errorf("%+v", o)
	}
	if o.Source != "DNS name agl-ssis.contoso.com, resolved where the audit runs" || !o.At.Equal(now) {
		t.Errorf("%+v", o)
	}
}

func TestAnIPAddressIsItsOwnAddress(t *testing.T) {
	o := endpoint.Addresses(t.Context(), answers{err: &net.DNSError{Err: "must not be asked"}}, "10.0.0.20", now)
	if o.Status != facts.Observed || !slices.Equal(*o.Value, []string{"10.0.0.20"}) {
		t.Errorf("%+v", o)
	}
}

// A name may resolve elsewhere: nothing that DNS says here makes it certain that the name does not exist.
func TestANameWithoutAnAnswerIsUnknown(t *testing.T) {
	many := make([]string, 65)
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}).String()
	}
	for want, r := range map[string]answers{
		"does not resolve where the audit runs": {err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}},
		"could not be resolved":                 {err: &net.DNSError{Err: "i/o timeout", Name: "x", IsTimeout: true}},
		"resolves to no address":                {},
		"resolves to 65 addresses":              {addrs: many},
	} {
		o := endpoint.Addresses(t.Context(), r, "agl-ssis.contoso.com", now)
		if o.Status != facts.Failed || o.Value != nil || !strings.Contains(o.Error, "agl-ssis.contoso.com "+want) {
			t.Errorf("%+v, want %q", o, want)
		}
	}
	if o := endpoint.Addresses(t.Context(), answers{}, "", now); o.Status != facts.Failed {
		t.Errorf("no name: %+v", o)
	}
}
