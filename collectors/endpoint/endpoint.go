// Package endpoint looks at deployments from outside, from where the audit runs: what a TLS server shows, and where
// DNS names lead.
package endpoint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/network"
)

// maxAddresses bounds what one name may resolve to; cluster names have one address for each subnet.
const maxAddresses = 64

// Resolver is *net.Resolver.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Addresses resolves host with r (nil: the system's resolver). The addresses are sorted and unique; an IP literal is
// its own address. A name that does not resolve is failed, not absent: it may resolve elsewhere.
func Addresses(ctx context.Context, r Resolver, host string, now time.Time) facts.Observation[[]string] {
	source := "DNS name " + host + ", resolved where the audit runs"
	addrs, err := lookup(ctx, r, host)
	if err != nil {
		return facts.Fail[[]string](err, source, now)
	}
	texts := make([]string, len(addrs))
	for i, a := range addrs {
		texts[i] = a.String()
	}
	return facts.Observe(texts, source, now)
}

// lookup returns the addresses of host, sorted and unique, at least one.
func lookup(ctx context.Context, r Resolver, host string) ([]netip.Addr, error) {
	if host == "" {
		return nil, errors.New("nothing says what the name is")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip.Unmap()}, nil
	}
	if r == nil {
		r = net.DefaultResolver
	}
	addrs, err := r.LookupNetIP(ctx, "ip", host)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return nil, fmt.Errorf("the name %s does not resolve where the audit runs: %w; run the audit where it does, "+
			"or correct the name", host, err)
	case err != nil:
		return nil, fmt.Errorf("the name %s could not be resolved: %w; check the DNS servers of the machine that the audit "+
			"runs on", host, err)
	case len(addrs) == 0:
		return nil, fmt.Errorf("the name %s resolves to no address where the audit runs", host)
	case len(addrs) > maxAddresses:
		return nil, fmt.Errorf("the name %s resolves to %d addresses, more than the %d that are looked at; check the DNS "+
			"server's answer", host, len(addrs), maxAddresses)
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	return slices.Compact(addrs), nil
}

// dial connects to one of the addresses. An error is network.Refused only when every address refused: only
// then is it certain that nothing listens there.
func dial(ctx context.Context, addrs []netip.Addr, port string) (net.Conn, error) {
	var worst error
	for i, a := range addrs {
		conn, err := dialOne(ctx, net.JoinHostPort(a.String(), port), len(addrs)-i)
		if err == nil {
			return conn, nil
		}
		if worst == nil || network.Refused(worst) {
			worst = err
		}
	}
	return nil, worst
}

// dialOne leaves an equal part of the remaining time to each of the addresses that are left, this one among them.
func dialOne(ctx context.Context, address string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}
