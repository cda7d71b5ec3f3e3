// Package collectors gathers the facts of one deployment from every instance, machine and endpoint that the inventory
// names, all at once, each within a budget of its own. What cannot be reached costs its own facts and nothing else.
package collectors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ssisaudit/collectors/endpoint"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
)

// Collector says how to collect.
type Collector struct {
	// Limits are the time budgets and how many targets are read at once.
	Limits inventory.Limits
	// Resolver fetches the passwords that the inventory names.
	Resolver *inventory.Resolver
	// Version is ssisaudit's own, for the document and as the application name in SQL Server.
	Version string
	// Now is the clock.
	Now func() time.Time
	// DNS resolves names; nil is the system's resolver.
	DNS endpoint.Resolver
	// Progress hears of every target when it is begun and when it is done, one call at a time. It may be nil.
	Progress func(Event)
}

// Event is one step of a collection.
type Event struct {
	// Target is the target; its Status is empty while it is being read.
	Target facts.Target
	// Done and Total count targets.
	Done, Total int
}

// Collect reads the deployment. The error is about what the user has to put right before anything can be collected (a
// password that is not where the inventory says), or that ctx ended; targets that cannot be reached are no error: they
// are in the document.
func (c Collector) Collect(ctx context.Context, d inventory.Deployment) (facts.Document, error) {
	logins, err := c.logins(ctx, d)
	if err != nil {
		return facts.Document{}, err
	}
	r := run{Collector: c, logins: logins}
	r.doc = facts.Document{Tool: c.Version, CollectedAt: c.Now(), Deployment: Stated(d)}
	r.plan(d)
	r.work(ctx)
	if err := ctx.Err(); err != nil {
		return facts.Document{}, fmt.Errorf("the collection was interrupted: %w", err)
	}
	return r.doc, nil
}

// logins fetches every credential of the deployment before any budget starts: a person may take long to type.
func (c Collector) logins(ctx context.Context, d inventory.Deployment) (map[string]inventory.Login, error) {
	logins := map[string]inventory.Login{}
	var problems []error
	for _, name := range d.CredentialNames() {
		login, err := c.Resolver.Login(ctx, name)
		if err != nil {
			problems = append(problems, err)
		}
		logins[name] = login
	}
	return logins, errors.Join(problems...)
}

// Stated is what the inventory says of a deployment, as the facts document holds it.
func Stated(d inventory.Deployment) facts.Deployment {
	s := facts.Deployment{
		Name: d.Name, Topology: d.Topology,
		Expected:   facts.Expected{SQLServerName: d.SQLServerName(), ServiceAccount: d.ServiceAccount},
		Parameters: facts.Parameters{ExpiryDays: d.Parameters.ExpiryDays},
	}
	if d.Master != nil {
		s.Expected.MasterHost, s.Expected.MasterPort = d.Master.Host, d.Master.Port
	}
	return s
}

// A job reads one target and stores what it saw in its own place of the document. It returns why the target could not
// be reached.
type job struct {
	target facts.Target
	read   func(ctx context.Context) error
	// after is another job's end to wait for; nil for none.
	after <-chan struct{}
	done  chan struct{}
}

// run is one collection under way.
type run struct {
	Collector
	logins map[string]inventory.Login
	doc    facts.Document
	jobs   []*job
	// catalogRead is closed when doc.Catalog stands.
	catalogRead <-chan struct{}

	mu       sync.Mutex // guards what follows
	finished int
}

func (r *run) add(kind, name, address string, read func(ctx context.Context) error) *job {
	j := &job{
		target: facts.Target{Name: kind + " " + name, Kind: kind, Address: address},
		read:   read, done: make(chan struct{}),
	}
	r.jobs = append(r.jobs, j)
	return j
}

// work runs the jobs: at most Parallel at once, each within its budget and all within the total one.
func (r *run) work(ctx context.Context) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limits.Total.Duration,
		fmt.Errorf("the whole collection took longer than limits.total, %s", r.Limits.Total))
	defer cancel()
	slots := make(chan struct{}, max(1, r.Limits.Parallel))
	var all sync.WaitGroup
	for _, j := range r.jobs {
		all.Go(func() {
			defer close(j.done)
			if j.after != nil {
				<-j.after
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			r.report(j)
			r.do(ctx, j)
			r.mu.Lock()
			r.finished++
			r.mu.Unlock()
			r.report(j)
		})
	}
	all.Wait()
	<-r.catalogRead
	for _, j := range r.jobs {
		r.doc.Targets = append(r.doc.Targets, j.target)
	}
}

func (r *run) do(ctx context.Context, j *job) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limits.Target.Duration,
		fmt.Errorf("it took longer than limits.target, %s", r.Limits.Target))
	defer cancel()
	err := j.read(ctx)
	var skipped skippedError
	switch {
	case err == nil:
		j.target.Status = facts.Observed
	case errors.As(err, &skipped):
		j.target.Status, j.target.Error = facts.Skipped, err.Error()
	default:
		j.target.Status, j.target.Error = facts.Failed, err.Error()
	}
}

func (r *run) report(j *job) {
	if r.Progress == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Progress(Event{Target: j.target, Done: r.finished, Total: len(r.jobs)})
}

// skippedError is the reason why a target was left out on purpose.
type skippedError string

func (e skippedError) Error() string { return string(e) }
