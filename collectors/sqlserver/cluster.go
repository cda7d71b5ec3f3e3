package sqlserver

import (
	"cmp"
	"errors"
	"strings"

	"ssisaudit/collectors/facts"
)

// errNoCluster says that the instance certainly sees no cluster.
var errNoCluster = errors.New("the instance is in no cluster")

// readCluster reads the Windows cluster as SQL Server sees it.
func readCluster(answers map[string]answer, rights rights, instance facts.Observation[facts.Instance]) (
	c facts.SQLCluster, err error,
) {
	if err := cmp.Or(answers["cluster"].err, rights.needState("the cluster")); err != nil {
		return c, err
	}
	if len(answers["cluster"].rows) == 0 {
		switch i := instance.Value; {
		case i == nil:
			return c, errors.New("no cluster is seen, and whether the instance belongs to one is not known")
		case i.HadrEnabled || i.Clustered:
			return c, errors.New("the instance belongs to a cluster but sees none: the cluster may be without quorum; " +
				"look at it in Failover Cluster Manager and run again")
		}
		return c, errNoCluster
	}
	err = answers["cluster"].one(func(r row) {
		c.Name = r.name("cluster_name")
		c.QuorumState = r.name("quorum_state_desc")
	})
	c.Members = []facts.SQLClusterMember{}
	members := answers["cluster_members"].each(func(r row) {
		c.Members = append(c.Members, facts.SQLClusterMember{
			Name:  r.name("member_name"),
			Type:  r.name("member_type_desc"),
			State: r.name("member_state_desc"),
		})
	})
	if members == nil && len(c.Members) == 0 {
		// A failover cluster instance without availability groups shows its members here only.
		members = answers["cluster_nodes"].each(func(r row) {
			c.Members = append(c.Members, facts.SQLClusterMember{
				Name:  r.name("NodeName"),
				Type:  "CLUSTER_NODE",
				State: strings.ToUpper(r.name("status_description")),
			})
		})
	}
	if members == nil && len(c.Members) == 0 {
		members = errors.New("the instance sees a cluster without members")
	}
	sortByName(c.Members, func(m facts.SQLClusterMember) string { return m.Name })
	return c, cmp.Or(err, members)
}
