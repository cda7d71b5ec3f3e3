package collectors

import (
	"cmp"
	"context"

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
		r.planMachine("node", m, func(ctx context.Context, w windows.Machine) facts.Observation[facts.Identity] {
			r.doc.Nodes[i] = windows.ReadNode(ctx, m.Name, w, r.Now)
			return r.doc.Nodes[i].Identity
		}, func(status facts.Status, reason string) {
			r.doc.Nodes[i] = windows.UnreadNode(m.Name, status, reason, r.Now)
		})
	}
	r.doc.Workers = make([]facts.Worker, len(d.Workers))
	for i, m := range d.Workers {
		r.planMachine("worker", m, func(ctx context.Context, w windows.Machine) facts.Observation[facts.Identity] {
			r.doc.Workers[i] = windows.ReadWorker(ctx, m.Name, w, r.Now)
			return r.doc.Workers[i].Identity
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
		r.doc.Replicas = make([]facts.Replica, 1)
		t := r.sqlTarget(d.SQLServerName(), n.Name, n.Instance, n.Port, n.Address, n.SQL)
		r.catalogRead = r.planInstance("replica", t, &r.doc.Replicas[0], &r.doc.Catalog).done
		return
	}
	var instances []*job
	catalogs := make([]facts.Catalog, 1+len(d.Replicas))
	if l := d.Listener; l != nil {
		t := r.sqlTarget(l.Name, l.Name, "", l.Port, l.Address, l.SQL)
		t.Listener = true
		instances = append(instances, r.planInstance("listener", t, new(facts.Replica), &catalogs[0]))
	}
	r.doc.Replicas = make([]facts.Replica, len(d.Replicas))
	for i, x := range d.Replicas {
		t := r.sqlTarget(x.Name, x.Host(), x.Instance(), x.Port, x.Address, x.SQL)
		instances = append(instances, r.planInstance("replica", t, &r.doc.Replicas[i], &catalogs[1+i]))
	}
	done := make(chan struct{})
	r.catalogRead = done
	go func() {
		defer close(done)
		for _, j := range instances {
			<-j.done
		}
		r.doc.Catalog = r.primary(catalogs, clientName(d))
	}()
}

// instance is a listener or a replica, and what is read of it.
type instance struct {
	*job
	where   sqlserver.Target
	replica *facts.Replica
	catalog *facts.Catalog
}

func (r *run) planInstance(kind string, t sqlserver.Target, replica *facts.Replica, catalog *facts.Catalog) *job {
	var j *job
	j = r.add(kind, t.Name, t.Where(), func(ctx context.Context) error {
		read, err := sqlserver.ReadAs(ctx, t, r.Now)
		*replica, *catalog = read.Replica, read.Catalog
		j.target.Login, j.target.Sysadmin = cmp.Or(read.Login, t.User), read.Sysadmin
		return err
	}, func(status facts.Status, reason string) {
		*replica, *catalog = sqlserver.Unread(t.Name, status, reason, r.Now())
	})
	r.instances = append(r.instances, instance{j, t, replica, catalog})
	return j
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
	for _, status := range []facts.Status{first.Properties.Status, first.Master.Status, first.Workers.Status,
		first.LoggingConnection.Status, first.Users.Status} {
		if status == facts.Observed {
			_, first = sqlserver.Unread(name, facts.Failed, "the listener led to a copy of SSISDB that is not the primary one, "+
				"or not known to be, and may be behind; and no replica that was reached has the primary one: see why in the "+
				"list of targets", r.Now())
			return first
		}
	}
	return first
}

func (r *run) sqlTarget(name, host, instance string, port int, address string, s inventory.SQL) sqlserver.Target {
	login := r.logins[s.Credentials]
	return sqlserver.Target{
		Name: name, Host: host, Instance: instance, Port: port, Address: address,
		User: login.User, Password: login.Password, Integrated: login.Integrated, Kerberos: (*sqlserver.Kerberos)(login.Kerberos),
		Encrypt: sqlserver.Encrypt(s.Encrypt), TrustServerCertificate: s.TrustServerCertificate, CAFile: s.CAFile,
		HostNameInCertificate: s.HostNameInCertificate,
		Timeout:               r.Limits.Target.Duration, AppVersion: r.Version,
	}
}

// planMachine plans a machine. What is read from another one than the inventory names is no fact about it.
func (r *run) planMachine(kind string, m inventory.Machine,
	read func(context.Context, windows.Machine) facts.Observation[facts.Identity], unread func(facts.Status, string),
) {
	j := r.add(kind, m.Name, cmp.Or(m.Address, m.Name), func(ctx context.Context) error {
		w, err := r.open(ctx, m)
		if err != nil {
			return err
		}
		defer w.Close()
		identity := read(ctx, w)
		// A Samba server tells the host name of the computer that it runs on.
		return windows.AnsweredAs(m.Name, identity, m.Windows.Via != inventory.ViaSMB)
	}, unread)
	j.target.Login = r.logins[m.Windows.Credentials].User
	if m.Windows.Via == inventory.ViaNone {
		j.skip = "the inventory says not to read this machine (windows.via: none)"
	}
}

// clientName is the DNS name under which clients find SSISDB.
func clientName(d inventory.Deployment) string {
	if d.Listener != nil {
		return d.Listener.Name
	}
	return d.SQLNetworkName.Name
}
