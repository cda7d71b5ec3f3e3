package sqlserver

import (
	"cmp"
	"fmt"
	"slices"

	"ssisaudit/collectors/facts"
)

// listenerID says which listener of which group an address belongs to.
type listenerID struct {
	group    *facts.AvailabilityGroup
	listener int
}

// readGroups puts the availability groups together from the views that describe them.
func readGroups(answers map[string]answer, rights rights) ([]facts.AvailabilityGroup, error) {
	for _, name := range []string{"availability_groups", "availability_replicas", "availability_databases",
		"availability_listeners", "availability_addresses"} {
		if err := answers[name].err; err != nil {
			return nil, err
		}
	}
	if err := rights.needDefinitions("availability groups"); err != nil {
		return nil, err
	}
	groups := map[string]*facts.AvailabilityGroup{}
	err := answers["availability_groups"].each(func(r row) {
		g := &facts.AvailabilityGroup{
			Name:        r.name("name"),
			Distributed: r.flag("is_distributed"),
			// SQL Server 2022 and later.
			Contained: r.has("is_contained") && r.flag("is_contained"),
			Databases: []string{},
			Replicas:  []facts.AvailabilityReplica{},
			Listeners: []facts.Listener{},
		}
		groups[g.Name] = g
	})
	// of returns the row's group; nil, and a problem, when there is none.
	of := func(r row) *facts.AvailabilityGroup {
		name := r.name("group_name")
		if groups[name] == nil {
			r.fail(fmt.Errorf("there is no availability group %q", name))
		}
		return groups[name]
	}
	replicas := answers["availability_replicas"].each(func(r row) {
		if g := of(r); g != nil {
			g.Replicas = append(g.Replicas, readReplica(r))
		}
	})
	databases := answers["availability_databases"].each(func(r row) {
		if g := of(r); g != nil {
			g.Databases = append(g.Databases, r.name("database_name"))
		}
	})
	ids := map[string]listenerID{}
	listeners := answers["availability_listeners"].each(func(r row) {
		if g := of(r); g != nil {
			ids[r.name("listener_id")] = listenerID{g, len(g.Listeners)}
			g.Listeners = append(g.Listeners, readListener(r))
		}
	})
	addresses := answers["availability_addresses"].each(func(r row) {
		id, known := ids[r.name("listener_id")]
		if !known {
			r.fail(fmt.Errorf("the address %q belongs to no listener", r.textOrEmpty("ip_address")))
			return
		}
		l := &id.group.Listeners[id.listener]
		l.Addresses = append(l.Addresses, facts.ListenerAddress{
			Address: r.textOrEmpty("ip_address"),
			Mask:    r.textOrEmpty("ip_subnet_mask"), // NULL for IPv6
			State:   r.name("state_desc"),
		})
	})
	if err := cmp.Or(err, replicas, databases, listeners, addresses); err != nil {
		return nil, err
	}
	return sorted(groups), nil
}

func readReplica(r row) facts.AvailabilityReplica {
	return facts.AvailabilityReplica{
		Name:                 r.name("replica_server_name"),
		EndpointURL:          r.textOrEmpty("endpoint_url"), // NULL while the cluster cannot be asked
		AvailabilityMode:     r.name("availability_mode_desc"),
		FailoverMode:         r.name("failover_mode_desc"),
		SeedingMode:          r.name("seeding_mode_desc"),
		SecondaryConnections: r.textOrEmpty("secondary_role_allow_connections_desc"),
	}
}

func readListener(r row) facts.Listener {
	l := facts.Listener{
		Name:       r.name("dns_name"),
		Conformant: r.flag("is_conformant"),
		Addresses:  []facts.ListenerAddress{},
	}
	if !r.null("port") { // NULL: made in the cluster, and given no port
		l.Port = r.number("port")
	}
	return l
}

func sorted(groups map[string]*facts.AvailabilityGroup) []facts.AvailabilityGroup {
	list := []facts.AvailabilityGroup{}
	for _, g := range groups {
		slices.Sort(g.Databases)
		sortByName(g.Replicas, func(r facts.AvailabilityReplica) string { return r.Name })
		sortByName(g.Listeners, func(l facts.Listener) string { return l.Name })
		for _, l := range g.Listeners {
			sortByName(l.Addresses, func(a facts.ListenerAddress) string { return a.Address })
		}
		list = append(list, *g)
	}
	sortByName(list, func(g facts.AvailabilityGroup) string { return g.Name })
	return list
}

func readStates(a answer, rights rights) ([]facts.AvailabilityState, error) {
	const hidden = "states of availability replicas"
	if err := cmp.Or(a.err, rights.needState(hidden), rights.needDefinitions(hidden)); err != nil {
		return nil, err
	}
	states := []facts.AvailabilityState{}
	err := a.each(func(r row) {
		state := facts.AvailabilityState{
			Name:  r.name("replica_server_name"),
			Group: r.name("group_name"),
			// NULL where this instance does not know.
			Role:        r.textOrEmpty("role_desc"),
			Connected:   r.textOrEmpty("connected_state_desc"),
			Health:      r.textOrEmpty("synchronization_health_desc"),
			SSISDBState: r.textOrEmpty("synchronization_state_desc"),
		}
		if state.SSISDBState != "" {
			state.SSISDBSuspended = r.flag("is_suspended")
		}
		states = append(states, state)
	})
	sortByName(states, func(s facts.AvailabilityState) string { return s.Name + "\x00" + s.Group })
	return states, err
}
