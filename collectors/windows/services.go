package windows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ssisaudit/collectors/facts"
)

const (
	servicesKey   = `SYSTEM\CurrentControlSet\Services`
	clusterSvcKey = servicesKey + `\ClusSvc`
	masterService = "SSISScaleOutMaster"
	workerService = "SSISScaleOutWorker"
)

// serviceVersions are the known suffixes of Scale Out services, newest first: SQL Server 2022, 2019, 2017.
var serviceVersions = []int{160, 150, 140}

// startNames are the start types that Windows knows (value Start).
var startNames = map[uint32]string{0: "boot", 1: "system", 2: "automatic", 3: "manual", 4: "disabled"}

var serviceValues = []string{"ObjectName", "Start", "DelayedAutostart", "ImagePath"}

// readService observes one service by its key's name.
func readService(ctx context.Context, m Machine, now func() time.Time, name string) facts.Observation[facts.Service] {
	key := servicesKey + `\` + name
	return observe(m, now, key, func() (facts.Service, bool, error) {
		k, there, err := readKey(ctx, m, key, serviceValues...)
		if err != nil || !there {
			return facts.Service{}, there, err
		}
		s, err := serviceOf(k, name)
		return s, true, err
	})
}

// readMasterService observes the Scale Out Master service that the machine runs. cluster is asked, and may wait, only
// where several versions are installed.
func readMasterService(ctx context.Context, m Machine, now func() time.Time,
	cluster func() facts.Observation[facts.Cluster]) facts.Observation[facts.Service] {
	return readInstalledService(ctx, m, now, masterService, func(installed []string) (string, error) {
		return clusteredService(cluster(), installed)
	})
}

// readWorkerService observes the newest installed Scale Out Worker service.
func readWorkerService(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Service] {
	return readInstalledService(ctx, m, now, workerService, func(installed []string) (string, error) {
		return installed[0], nil
	})
}

// clusteredService tells which of several installed services (the newest first) a machine runs: the one that is a
// Generic Service of the cluster, or the newest where the cluster has none of them.
func clusteredService(cluster facts.Observation[facts.Cluster], installed []string) (string, error) {
	which := fmt.Sprintf("%s are installed, and the cluster has to tell which of them runs", strings.Join(installed, ", "))
	switch cluster.Status {
	case facts.Observed:
	case facts.Absent:
		return installed[0], nil
	default:
		return "", facts.Following(fmt.Errorf("%s, but it could not be read: %s", which, cluster.Error), cluster.Lacks)
	}
	var named []string
	for _, name := range installed {
		if slices.ContainsFunc(cluster.Value.Resources, func(r facts.ClusterResource) bool {
			return r.Type == genericService && strings.EqualFold(r.ServiceName, name)
		}) {
			named = append(named, name)
		}
	}
	switch len(named) {
	case 0:
		return installed[0], nil
	case 1:
		return named[0], nil
	}
	return "", fmt.Errorf("%s, but its resources name %s; remove the resource, or uninstall the version, that is no longer "+
		"used", which, strings.Join(named, " and "))
}

// readInstalledService observes the installed service of a kind ("SSISScaleOutMaster"). choose picks one of several,
// which it is given with the newest first. It is only known when every version could be looked at: another one may
// stand behind a key that refuses to be read.
func readInstalledService(ctx context.Context, m Machine, now func() time.Time, kind string,
	choose func(installed []string) (string, error)) facts.Observation[facts.Service] {
	at := now()
	type look struct {
		values keyValues
		there  bool
		err    error
	}
	names := serviceNames(kind)
	looks := make([]look, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			l := &looks[i]
			l.values, l.there, l.err = readKey(ctx, m, servicesKey+`\`+name, serviceValues...)
		})
	}
	wg.Wait()

	var installed []string
	for i, l := range looks {
		if l.err != nil {
			return facts.Fail[facts.Service](l.err, m.Where(servicesKey+`\`+names[i]), at)
		}
		if l.there {
			installed = append(installed, names[i])
		}
	}
	if len(installed) == 0 {
		return facts.NotThere[facts.Service](serviceSources(m, kind), at)
	}
	name := installed[0]
	if len(installed) > 1 {
		var err error
		if name, err = choose(installed); err != nil {
			return facts.Fail[facts.Service](err, serviceSources(m, kind), at)
		}
	}
	i, source := slices.Index(names, name), m.Where(servicesKey+`\`+name)
	s, err := serviceOf(looks[i].values, name)
	if err != nil {
		return facts.Fail[facts.Service](err, source, at)
	}
	s.Version = serviceVersions[i]
	for _, other := range slices.Backward(installed) {
		if other != name {
			s.OtherVersions = append(s.OtherVersions, other)
		}
	}
	return facts.Observe(s, source, at)
}

func serviceNames(kind string) []string {
	names := make([]string, len(serviceVersions))
	for i, version := range serviceVersions {
		names[i] = kind + strconv.Itoa(version)
	}
	return names
}

// serviceSources names all places where a service of the kind would be.
func serviceSources(m Machine, kind string) string {
	var places []string
	for _, name := range serviceNames(kind) {
		places = append(places, m.Where(servicesKey+`\`+name))
	}
	return strings.Join(places, ", ")
}

func serviceOf(k keyValues, name string) (facts.Service, error) {
	s := facts.Service{Name: name, OtherVersions: []string{}}
	var err error
	if s.Account, err = k.text("ObjectName"); err != nil {
		return s, err
	}
	if s.ImagePath, err = k.text("ImagePath"); err != nil {
		return s, err
	}
	start, err := k.number("Start")
	if err != nil {
		return s, err
	}
	if start == nil {
		return s, k.damaged("Start", errors.New("it is missing"))
	}
	if s.Start = startNames[*start]; s.Start == "" {
		s.Start = strconv.FormatUint(uint64(*start), 10)
	}
	delayed, err := k.number("DelayedAutostart")
	if err != nil {
		return s, err
	}
	s.DelayedAutoStart = delayed != nil && *delayed != 0
	return s, nil
}
