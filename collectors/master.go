package collectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
)

const noMasterSource = "the inventory and SSISDB.catalog.master_properties"

// planEndpoint plans the Scale Out Master's endpoint, and the DNS names. The endpoint's address is the inventory's, else
// SSISDB's own record of it, which is what clients use; then it has to wait for the catalog.
func (r *run) planEndpoint(d inventory.Deployment) {
	var stated inventory.Master
	if d.Master != nil {
		stated = *d.Master
	}
	r.doc.Endpoints = []facts.Endpoint{{Name: "master", Host: stated.Host, Port: stated.Port}}
	r.doc.Names = []facts.Name{{Name: "listener", Host: clientName(d)}, {Name: "master", Host: stated.Host}}
	e, listener, master := &r.doc.Endpoints[0], &r.doc.Names[0], &r.doc.Names[1]
	var j *job
	j = r.add("endpoint", "master", stated.Address, func(ctx context.Context) error {
		var where error
		if j.after != nil {
			e.Host, e.Port, where = masterAddress(stated, r.doc.Catalog.Master)
			master.Host = e.Host
		}
		var names sync.WaitGroup
		defer names.Wait()
		names.Go(func() { listener.Addresses = endpoint.Addresses(ctx, r.DNS, listener.Host, r.Now()) })
		if master.Host != "" {
			names.Go(func() { master.Addresses = endpoint.Addresses(ctx, r.DNS, master.Host, r.Now()) })
		}
		if where != nil {
			return where
		}
		j.target.Address = cmp.Or(stated.Address, net.JoinHostPort(e.Host, strconv.Itoa(e.Port)))
		e.TLS = endpoint.TLS(ctx, e.Host, e.Port, stated.Address, r.Now())
		if !e.TLS.Seen() {
			return facts.Following(errors.New(e.TLS.Error), e.TLS.Lacks)
		}
		return nil
	}, func(status facts.Status, reason string) {
		e.TLS = facts.Observation[facts.TLS]{Status: status, Error: reason,
			Source: cmp.Or(e.TLS.Source, noMasterSource), At: r.Now().UTC()}
		for _, n := range []*facts.Name{listener, master} {
			if n.Addresses.Status == "" {
				n.Addresses = facts.Observation[[]string]{Status: status, Error: reason, Source: "DNS", At: r.Now().UTC()}
			}
		}
	})
	if stated.Host == "" || stated.Port == 0 {
		j.after = r.catalogRead
	}
}

// masterAddress is where clients look for the master: what is stated, completed by MASTER_ADDRESS, and for the port by
// the product's default.
func masterAddress(stated inventory.Master, catalog facts.Observation[facts.CatalogMaster]) (string, int, error) {
	const do = "; state master.host and master.port in the inventory"
	host, port := stated.Host, stated.Port
	switch {
	case catalog.Value == nil && host != "":
		return host, cmp.Or(port, inventory.DefaultMasterPort), nil
	case catalog.Status == facts.Absent:
		return "", 0, errors.New("the inventory does not say where the Scale Out Master is, and there is no SSISDB " +
			"to say it" + do)
	case catalog.Value == nil:
		return "", 0, fmt.Errorf("the inventory does not say where the Scale Out Master is, and SSISDB could not be "+
			"asked (%s)%s", catalog.Error, do)
	case catalog.Value.Address == "" && host == "":
		return "", 0, errors.New("neither the inventory nor SSISDB (MASTER_ADDRESS) says where the Scale Out Master is" + do)
	case catalog.Value.Address == "":
		return host, cmp.Or(port, inventory.DefaultMasterPort), nil
	}
	// The text is not shown: it may be anything.
	u, err := url.Parse(strings.TrimSpace(catalog.Value.Address))
	if err != nil {
		u = &url.URL{}
	}
	if host == "" {
		if host = u.Hostname(); !dialable(host) {
			return "", 0, errors.New("the MASTER_ADDRESS that SSISDB holds is no address such as " +
				"https://ssis-master.contoso.com:8391, and the inventory does not say where the Scale Out Master is" + do)
		}
	}
	if port != 0 || u.Port() == "" {
		return host, cmp.Or(port, inventory.DefaultMasterPort), nil
	}
	recorded, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || recorded == 0 {
		return host, 0, errors.New("the port in the MASTER_ADDRESS that SSISDB holds is not between 1 and 65535, and the " +
			"inventory does not say the Scale Out Master's" + do)
	}
	return host, int(recorded), nil
}

// dialable says whether a host that an audited system names is an IP address or looks like a DNS name.
func dialable(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return len(host) < 64
	}
	const longestName = 253
	return host != "" && len(host) <= longestName && !strings.ContainsFunc(host, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(".-_", c)
	})
}
