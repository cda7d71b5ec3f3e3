package collectors

import (
	"cmp"
	"context"
	"slices"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver"
)

// verifyLogging tries the workers' logging login on every replica. Its password is shown to no server but those that
// have let the audit in and have said to be the replica.
func (r *run) verifyLogging(ctx context.Context) {
	connection := r.doc.Catalog.LoggingConnection
	primary := slices.IndexFunc(r.instances, func(i instance) bool {
		c := i.catalog.Instance.Value
		return c != nil && c.SSISDBPrimary
	})
	var replicas []sqlserver.Target
	var observations []*facts.Observation[facts.LoginAttempt]
	for _, i := range r.instances {
		if i.target.Kind != "replica" {
			continue
		}
		o := &i.replica.LoggingLogin
		no := func(status facts.Status, reason string) {
			*o = sqlserver.NoLogin(i.where.Name, status, reason, r.Now())
		}
		switch {
		case connection.Status != facts.Observed:
			no(connection.Status, connection.Error)
		case primary < 0:
			no(facts.Failed, "not tried, because it is not known which instance has the primary copy of SSISDB")
		case i.target.Status != facts.Observed || i.replica.Instance.Value == nil:
			no(facts.Failed, "not tried, because it is not known who answers there: "+
				cmp.Or(i.target.Error, i.replica.Instance.Error))
		default:
			replicas, observations = append(replicas, i.where), append(observations, o)
		}
	}
	if len(replicas) == 0 {
		return
	}
	for n, attempt := range sqlserver.VerifyLogging(ctx, r.instances[primary].where, replicas, r.Now) {
		*observations[n] = attempt
	}
}
