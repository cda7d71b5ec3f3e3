package windows

import (
	"context"
	"sync"
	"time"

	"ssisaudit/collectors/facts"
)

// ReadNode reads everything the facts hold of a node. What cannot be read becomes a failed observation of its own;
// the rest is read all the same. now is the collecting machine's clock.
func ReadNode(ctx context.Context, name string, m Machine, now func() time.Time) facts.Node {
	n := facts.Node{Name: name}
	var wg sync.WaitGroup
	wg.Go(func() { n.Identity = readIdentity(ctx, m, now) })
	wg.Go(func() { n.Membership = readMembership(ctx, m, now) })
	var states map[string]stateLook
	wg.Go(func() { states = readStates(ctx, m, now, masterService) })
	wg.Go(func() { n.ClusterService = readService(ctx, m, now, "ClusSvc") })
	cluster := sync.OnceValue(func() facts.Observation[facts.Cluster] { return readCluster(ctx, m, now) })
	wg.Go(func() { n.Cluster = cluster() })
	wg.Go(func() {
		n.MasterService = readMasterService(ctx, m, now, cluster)
		n.MasterSettings = readMasterSettings(ctx, m, now, n.MasterService)
	})
	wg.Go(func() { n.RootCertificates = readCertificates(ctx, m, now, "ROOT") })
	wg.Go(func() { n.MyCertificates = readCertificates(ctx, m, now, "MY") })
	wg.Go(func() { n.HTTPBindings = readHTTPBindings(ctx, m, now) })
	wg.Go(func() { n.Schannel = readSchannel(ctx, m, now) })
	wg.Wait()
	n.MasterState = masterState(m, now, n.MasterService, states)
	return n
}

// ReadWorker reads everything the facts hold of a worker, as ReadNode does of a node.
func ReadWorker(ctx context.Context, name string, m Machine, now func() time.Time) facts.Worker {
	w := facts.Worker{Name: name}
	var wg sync.WaitGroup
	wg.Go(func() { w.Identity = readIdentity(ctx, m, now) })
	wg.Go(func() {
		w.WorkerService = readWorkerService(ctx, m, now)
		w.WorkerSettings = readWorkerSettings(ctx, m, now, w.WorkerService)
	})
	wg.Go(func() { w.RootCertificates = readCertificates(ctx, m, now, "ROOT") })
	wg.Go(func() { w.MyCertificates = readCertificates(ctx, m, now, "MY") })
	wg.Wait()
	return w
}

// UnreadNode is a node of which nothing was read: the machine could not be reached (facts.Failed) or was left out
// on purpose (facts.Skipped). reason is why, and what to do.
func UnreadNode(name string, status facts.Status, reason string, now func() time.Time) facts.Node {
	u := unread{name: name, status: status, reason: reason, at: now().UTC()}
	return facts.Node{
		Name:             name,
		Identity:         unreadAt[facts.Identity](u, tcpipKey),
		Membership:       unreadAt[facts.Membership](u, groupPolicyKey),
		ClusterService:   unreadAt[facts.Service](u, clusterSvcKey),
		Cluster:          unreadAt[facts.Cluster](u, clusterKey),
		MasterService:    unreadAt[facts.Service](u, servicesKey),
		MasterState:      unreadAt[facts.ServiceState](u, ""),
		MasterSettings:   unreadAt[facts.MasterSettings](u, ""),
		RootCertificates: unreadAt[[]facts.Certificate](u, storesKey+`\ROOT`),
		MyCertificates:   unreadAt[[]facts.Certificate](u, storesKey+`\MY`),
		HTTPBindings:     unreadAt[[]facts.HTTPBinding](u, bindingsKey),
		Schannel:         unreadAt[facts.Schannel](u, schannelKey),
	}
}

// UnreadWorker is UnreadNode for a worker.
func UnreadWorker(name string, status facts.Status, reason string, now func() time.Time) facts.Worker {
	u := unread{name: name, status: status, reason: reason, at: now().UTC()}
	return facts.Worker{
		Name:             name,
		Identity:         unreadAt[facts.Identity](u, tcpipKey),
		WorkerService:    unreadAt[facts.Service](u, servicesKey),
		WorkerSettings:   unreadAt[facts.WorkerSettings](u, ""),
		RootCertificates: unreadAt[[]facts.Certificate](u, storesKey+`\ROOT`),
		MyCertificates:   unreadAt[[]facts.Certificate](u, storesKey+`\MY`),
	}
}

type unread struct {
	name, reason string
	status       facts.Status
	at           time.Time
}

// unreadAt is an observation that was not made; any status but skipped is failed, since nothing was seen.
func unreadAt[T any](u unread, key string) facts.Observation[T] {
	source := `\\` + u.name
	if key != "" {
		source += ` HKLM\` + key
	}
	status := facts.Failed
	if u.status == facts.Skipped {
		status = facts.Skipped
	}
	return facts.Observation[T]{Status: status, Error: u.reason, Source: source, At: u.at}
}
