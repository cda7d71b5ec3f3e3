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
	// VerifyLoggingLogin logs in to every replica as the logging connection string has it.
	VerifyLoggingLogin bool
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
		Parameters: facts.Parameters(d.Parameters),
	}
	if d.Master != nil {
		s.Expected.MasterHost, s.Expected.MasterPort = d.Master.Host, d.Master.Port
	}
	return s
}

// A job reads one target and stores what it saw in its own place of the document.
type job struct {
	target facts.Target
	// skip is why the target is left out on purpose; empty for one that is read.
	skip string
	// read returns why the target could not be reached.
	read func(ctx context.Context) error
	// unread stores that nothing of the target is known.
	unread func(status facts.Status, reason string)
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
	// instances are the listener, if there is one, and the replicas.
	instances []instance
	// catalogRead is closed when doc.Catalog stands.
	catalogRead <-chan struct{}

	mu       sync.Mutex // guards what follows, and calls Progress
	finished int
}

func (r *run) add(kind, name, address string, read func(ctx context.Context) error,
	unread func(facts.Status, string),
) *job {
	j := &job{
		target: facts.Target{Name: kind + " " + name, Kind: kind, Address: address},
		read:   read, unread: unread, done: make(chan struct{}),
	}
	r.jobs = append(r.jobs, j)
	return j
}

// work runs the jobs: at most Parallel at once, each within its budget and all within the total one.
func (r *run) work(ctx context.Context) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limits.Total.Duration, limitError{
		fmt.Sprintf("the whole collection took longer than limits.total, %s", r.Limits.Total),
		"raise that in the inventory", true})
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
			r.report(j, 0)
			r.do(ctx, j)
			r.report(j, 1)
		})
	}
	all.Wait()
	<-r.catalogRead
	if r.VerifyLoggingLogin {
		r.verifyLogging(ctx)
	}
	for _, j := range r.jobs {
		r.doc.Targets = append(r.doc.Targets, j.target)
	}
}

func (r *run) do(ctx context.Context, j *job) {
	if j.skip != "" {
		j.target.Status, j.target.Error = facts.Skipped, j.skip
		j.unread(facts.Skipped, j.skip)
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.Limits.Target.Duration, limitError{
		fmt.Sprintf("%s took longer than limits.target, %s", j.target.Name, r.Limits.Target),
		"where it is only slow, raise that in the inventory", false})
	defer cancel()
	err := ctx.Err() // a collection that is over begins nothing
	unread := err != nil
	if !unread {
		err = j.read(ctx)
		unread = err != nil
	}
	if err = late(ctx, err); err == nil {
		j.target.Status = facts.Observed
		return
	}
	j.target.Status, j.target.Error, j.target.Lacks = facts.Failed, err.Error(), facts.LackOf(err)
	if unread {
		j.unread(facts.Failed, err.Error())
	}
}

// limitError is a limit of the inventory that a collection ran into, and what to do.
type limitError struct {
	what, do string
	total    bool
}

func (e limitError) Error() string { return e.what + "; " + e.do }

// late names the limit that ended the reading of a target. err is what its collector says, nil where the target was
// reached.
func late(ctx context.Context, err error) error {
	limit, ended := context.Cause(ctx).(limitError)
	switch {
	case !ended:
		return err
	case limit.total: // the target was not given its time: what its collector says would blame it
		return fmt.Errorf("it was not read in full: %w", limit)
	case err == nil:
		return fmt.Errorf("it was reached and not read in full: %w", limit)
	}
	return fmt.Errorf("%w (%s; %s)", err, limit.what, limit.do)
}

// report tells Progress of a job that is begun, or of one more that is done.
func (r *run) report(j *job, done int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished += done
	if r.Progress != nil {
		r.Progress(Event{Target: j.target, Done: r.finished, Total: len(r.jobs)})
	}
}
