package windows

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"ssisaudit/collectors/facts"
)

const (
	clusterKey     = `Cluster`
	genericService = "Generic Service" // a type of resource
)

// readCluster observes the cluster hive. Any part of it that cannot be read fails the whole: half a cluster would
// look like one without that role.
func readCluster(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Cluster] {
	return observe(m, now, clusterKey, func() (facts.Cluster, bool, error) {
		c := facts.Cluster{}
		var groupOf map[string]string
		g, below := errgroup.WithContext(ctx) // the lists do not wait for the name: they are the longest to read
		g.Go(func() (err error) { c.Nodes, err = clusterNodes(below, m); return })
		g.Go(func() (err error) { c.Groups, groupOf, err = clusterGroups(below, m); return })
		g.Go(func() (err error) { c.Resources, err = clusterResources(below, m); return })
		k, there, err := readKey(ctx, m, clusterKey, "ClusterName")
		lists := g.Wait()
		if err != nil || !there {
			return facts.Cluster{}, there, err
		}
		if c.ClusterName, err = k.needText("ClusterName"); err != nil {
			return c, true, err
		}
		if lists != nil {
			return c, true, lists
		}
		for i := range c.Resources {
			c.Resources[i].Group = groupOf[strings.ToLower(c.Resources[i].ID)]
		}
		return c, true, nil
	})
}

// forEachSubKey calls read for every sub-key of key, several at once. No key is the same as no sub-keys.
func forEachSubKey[T any](ctx context.Context, m Machine, key string,
	read func(ctx context.Context, id string) (T, error)) ([]T, error) {
	ids, _, err := subKeys(ctx, m, key)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, id := range ids {
		g.Go(func() (err error) { all[i], err = read(ctx, id); return })
	}
	return all, g.Wait()
}

func clusterNodes(ctx context.Context, m Machine) ([]string, error) {
	key := clusterKey + `\Nodes`
	nodes, err := forEachSubKey(ctx, m, key, func(ctx context.Context, id string) (string, error) {
		k, err := readListedKey(ctx, m, key+`\`+id, "NodeName")
		if err != nil {
			return "", err
		}
		return k.needText("NodeName")
	})
	slices.Sort(nodes)
	return nodes, err
}

// clusterGroups also returns the name of each resource's group, by the resource's id in lower case.
func clusterGroups(ctx context.Context, m Machine) ([]facts.ClusterGroup, map[string]string, error) {
	type group struct {
		facts.ClusterGroup
		contains []string
	}
	key := clusterKey + `\Groups`
	found, err := forEachSubKey(ctx, m, key, func(ctx context.Context, id string) (group, error) {
		g := group{ClusterGroup: facts.ClusterGroup{ID: id}}
		k, err := readListedKey(ctx, m, key+`\`+id, "Name", "Contains")
		if err != nil {
			return g, err
		}
		if g.Name, err = k.needText("Name"); err == nil {
			g.contains, err = k.texts("Contains")
		}
		return g, err
	})
	groups, groupOf := make([]facts.ClusterGroup, len(found)), map[string]string{}
	for i, g := range found {
		groups[i] = g.ClusterGroup
		for _, resource := range g.contains {
			groupOf[strings.ToLower(resource)] = g.Name
		}
	}
	slices.SortFunc(groups, func(a, b facts.ClusterGroup) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return groups, groupOf, err
}

func clusterResources(ctx context.Context, m Machine) ([]facts.ClusterResource, error) {
	key := clusterKey + `\Resources`
	resources, err := forEachSubKey(ctx, m, key, func(ctx context.Context, id string) (facts.ClusterResource, error) {
		r := facts.ClusterResource{ID: id}
		k, err := readListedKey(ctx, m, key+`\`+id, "Name", "Type")
		if err != nil {
			return r, err
		}
		if r.Name, err = k.needText("Name"); err != nil {
			return r, err
		}
		if r.Type, err = k.needText("Type"); err != nil {
			return r, err
		}
		return r, resourceParameters(ctx, m, key+`\`+id+`\Parameters`, &r)
	})
	slices.SortFunc(resources, func(a, b facts.ClusterResource) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return resources, err
}

// resourceParameters reads what the facts hold of a resource of r's type. A resource may have no parameters.
func resourceParameters(ctx context.Context, m Machine, key string, r *facts.ClusterResource) error {
	switch r.Type {
	case genericService:
		k, _, err := readKey(ctx, m, key, "ServiceName")
		if err == nil {
			r.ServiceName, err = k.text("ServiceName")
		}
		return err
	case "Network Name":
		k, _, err := readKey(ctx, m, key, "Name", "DnsName", "RegisterAllProvidersIP", "HostRecordTTL")
		if err != nil {
			return err
		}
		if r.NetworkName, err = k.text("Name"); err != nil {
			return err
		}
		if r.DNSName, err = k.text("DnsName"); err != nil {
			return err
		}
		if r.RegisterAllProvidersIP, err = k.number("RegisterAllProvidersIP"); err != nil {
			return err
		}
		r.HostRecordTTL, err = k.number("HostRecordTTL")
		return err
	case "IP Address", "IPv6 Address":
		k, _, err := readKey(ctx, m, key, "Address")
		if err == nil {
			r.Address, err = k.text("Address")
		}
		return err
	}
	return nil
}
