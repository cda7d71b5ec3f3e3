package windows

import (
	"context"
	"errors"
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

// readNewestService observes the newest installed service of a kind ("SSISScaleOutMaster"). It is only known when
// every version could be looked at: a newer one may stand behind a key that refuses to be read.
func readNewestService(ctx context.Context, m Machine, now func() time.Time,
	kind string) facts.Observation[facts.Service] {
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

	newest, others := -1, []string{}
	for i, l := range looks {
		switch {
		case l.err != nil:
			return facts.Fail[facts.Service](l.err, m.Where(servicesKey+`\`+names[i]), at)
		case l.there && newest < 0:
			newest = i
		case l.there:
			others = append([]string{names[i]}, others...)
		}
	}
	if newest < 0 {
		return facts.NotThere[facts.Service](serviceSources(m, kind), at)
	}
	source := m.Where(servicesKey + `\` + names[newest])
	s, err := serviceOf(looks[newest].values, names[newest])
	if err != nil {
		return facts.Fail[facts.Service](err, source, at)
	}
	s.Version, s.OtherVersions = serviceVersions[newest], others
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
