package collectors

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"sync"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
	"ssisaudit/collectors/sqlserver"
	"ssisaudit/collectors/windows"
)

// plan lists what there is to read. Each job writes to places of the document that no other one touches.
func (r *run) plan(d inventory.Deployment) {
	r.planInstances(d)
	r.doc.Nodes = make([]facts.Node, len(d.Nodes))
	for i, m := range d.Nodes {
		r.planMachine("node", m, func(ctx context.Context, w windows.Machine) {
			r.doc.Nodes[i] = windows.ReadNode(ctx, m.Name, w, r.Now)
		}, func(status facts.Status, reason string) {
			r.doc.Nodes[i] = windows.UnreadNode(m.Name, status, reason, r.Now)
		})
	}
	r.doc.Workers = make([]facts.Worker, len(d.Workers))
	for i, m := range d.Workers {
		r.planMachine("worker", m, func(ctx context.Context, w windows.Machine) {
			r.doc.Workers[i] = windows.ReadWorker(ctx, m.Name, w, r.Now)
		}, func(status facts.Status, reason string) {
			r.doc.Workers[i] = windows.UnreadWorker(m.Name, status, reason, r.Now)
		})
	}
	r.planEndpoint(d)
}

// planInstances plans SQL Server. SSISDB is read through the listener, or the network name; where that does not answer,
// from the replica that is primary. catalogRead is closed when the catalog's facts stand.
func (r *run) planInstances(d inventory.Deployment) {
	if n := d.SQLNetworkName; n != nil {
		name := d.SQLServerName()
		r.doc.Replicas = make([]facts.Replica, 1)
		t := r.instance(name, n.Name, n.Instance, n.Port, n.Address, n.SQL)
		j := r.add("replica", name, t.Where(), func(ctx context.Context) (err error) {
			r.doc.Replicas[0], r.doc.Catalog, err = sqlserver.Read(ctx, t, r.Now)
			return err
		})
		r.catalogRead = j.done
		return
	}
	var instances []*job
	var throughListener facts.Catalog
	if l := d.Listener; l != nil {
		t := r.instance(l.Name, l.Name, "", l.Port, l.Address, l.SQL)
		t.Listener = true
		instances = append(instances, r.add("listener", l.Name, t.Where(), func(ctx context.Context) (err error) {
			_, throughListener, err = sqlserver.Read(ctx, t, r.Now)
			return err
		}))
	}
	r.doc.Replicas = make([]facts.Replica, len(d.Replicas))
	ofReplica := make([]facts.Catalog, len(d.Replicas))
	for i, x := range d.Replicas {
		t := r.instance(x.Name, x.Host(), x.Instance(), x.Port, x.Address, x.SQL)
		instances = append(instances, r.add("replica", x.Name, t.Where(), func(ctx context.Context) (err error) {
			r.doc.Replicas[i], ofReplica[i], err = sqlserver.Read(ctx, t, r.Now)
			return err
		}))
	}
	done := make(chan struct{})
	r.catalogRead = done
	go func() {
		defer close(done)
		for _, j := range instances {
			<-j.done
		}
		r.doc.Catalog = r.primary(append([]facts.Catalog{throughListener}, ofReplica...), clientName(d))
	}()
}

// primary chooses the SSISDB that is the primary copy; a readable secondary may be behind it. Where no primary copy was
// read, it is what came through the listener: why there is none, or that there is no SSISDB.
func (r *run) primary(read []facts.Catalog, name string) facts.Catalog {
	for _, c := range read {
		if c.Instance.Value != nil && c.Instance.Value.SSISDBPrimary {
			return c
		}
	}
	first := read[0]
	if first.Properties.Status == facts.Observed {
		_, first = sqlserver.Unread(name, facts.Failed, "the listener led to a secondary copy of SSISDB, which may be behind, "+
			"and no replica that was reached has the primary one; see why in the list of targets", r.Now())
	}
	return first
}

func (r *run) instance(name, host, instance string, port int, address string, s inventory.SQL) sqlserver.Target {
	login := r.logins[s.Credentials]
	return sqlserver.Target{
		Name: name, Host: host, Instance: instance, Port: port, Address: address,
		User: login.User, Password: login.Password, Integrated: login.Integrated, Kerberos: (*sqlserver.Kerberos)(login.Kerberos),
		Encrypt: sqlserver.Encrypt(s.Encrypt), TrustServerCertificate: s.TrustServerCertificate, CAFile: s.CAFile,
		HostNameInCertificate: s.HostNameInCertificate,
		Timeout:               r.Limits.Target.Duration, AppVersion: r.Version,
	}
}

func (r *run) planMachine(kind string, m inventory.Machine, read func(context.Context, windows.Machine),
	unread func(facts.Status, string),
) {
	r.add(kind, m.Name, cmp.Or(m.Address, m.Name), func(ctx context.Context) error {
		w, err := r.open(ctx, m)
		if err != nil {
			status := facts.Failed
			if _, ok := err.(skippedError); ok {
				status = facts.Skipped
			}
			unread(status, err.Error())
			return err
		}
		defer w.Close()
		read(ctx, w)
		return nil
	})
}

// planEndpoint plans the Scale Out Master's endpoint, and the DNS names. The endpoint's address is the inventory's, else
// SSISDB's own record of it, which is what clients use; then it has to wait for the catalog.
func (r *run) planEndpoint(d inventory.Deployment) {
	var stated inventory.Master
	if d.Master != nil {
		stated = *d.Master
	}
	r.doc.Endpoints = []facts.Endpoint{{Name: "master", Host: stated.Host, Port: stated.Port}}
	r.doc.Names = []facts.Name{{Name: "listener", Host: clientName(d)}, {Name: "master", Host: stated.Host}}
	j := r.add("endpoint", "master", stated.Address, nil)
	if stated.Host == "" || stated.Port == 0 {
		j.after = r.catalogRead
	}
	j.read = func(ctx context.Context) error {
		e, listener, master := &r.doc.Endpoints[0], &r.doc.Names[0], &r.doc.Names[1]
		if j.after != nil {
			e.Host, e.Port = masterAddress(stated, r.doc.Catalog.Master.Value)
			master.Host = e.Host
		}
		var names sync.WaitGroup
		names.Go(func() { listener.Addresses = r.addresses(ctx, listener.Host) })
		names.Go(func() { master.Addresses = r.addresses(ctx, master.Host) })
		defer names.Wait()
		if e.Host == "" {
			e.TLS = facts.Fail[facts.TLS](errNoMaster, noMasterSource, r.Now())
			return errNoMaster
		}
		j.target.Address = cmp.Or(stated.Address, net.JoinHostPort(e.Host, strconv.Itoa(e.Port)))
		e.TLS = endpoint.TLS(ctx, e.Host, e.Port, stated.Address, r.Now())
		if !e.TLS.Seen() {
			return errors.New(e.TLS.Error)
		}
		return nil
	}
}

var errNoMaster = errors.New("neither the inventory nor SSISDB says where the Scale Out Master is; state master.host in the inventory")

const noMasterSource = "the inventory and SSISDB.catalog.master_properties"

func (r *run) addresses(ctx context.Context, host string) facts.Observation[[]string] {
	if host == "" {
		return facts.Fail[[]string](errNoMaster, noMasterSource, r.Now())
	}
	return endpoint.Addresses(ctx, r.DNS, host, r.Now())
}

// clientName is the DNS name under which clients find SSISDB.
func clientName(d inventory.Deployment) string {
	if d.Listener != nil {
		return d.Listener.Name
	}
	return d.SQLNetworkName.Name
}

// masterAddress is where clients look for the master: what is stated, completed by MASTER_ADDRESS.
func masterAddress(stated inventory.Master, catalog *facts.CatalogMaster) (host string, port int) {
	host, port = stated.Host, stated.Port
	if catalog != nil {
		if u, err := url.Parse(catalog.Address); err == nil {
			host = cmp.Or(host, u.Hostname())
			recorded, _ := strconv.Atoi(u.Port())
			port = cmp.Or(port, recorded)
		}
	}
	if port < 1 || port > 65535 {
		port = inventory.DefaultMasterPort
	}
	return host, port
}
