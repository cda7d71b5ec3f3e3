package windows

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"ssisaudit/collectors/facts"
)

const (
	computerNameKey = `SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName`

	tcpipKey   = servicesKey + `\Tcpip\Parameters`
	versionKey = `SOFTWARE\Microsoft\Windows NT\CurrentVersion`
)

// readIdentity observes who the machine says it is. Tcpip\Parameters and CurrentVersion have to be there.
func readIdentity(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Identity] {
	var network, system facts.Observation[facts.Identity]
	var name string
	var nameErr error
	var all sync.WaitGroup
	all.Go(func() { network = readNetwork(ctx, m, now) })
	all.Go(func() { system = readSystem(ctx, m, now) })
	all.Go(func() { name, nameErr = readComputerName(ctx, m) })
	all.Wait()
	switch {
	case network.Status != facts.Observed:
		return network
	case system.Status != facts.Observed:
		return system
	case nameErr != nil:
		return facts.Fail[facts.Identity](nameErr, m.Where(computerNameKey), now())
	}
	system.Value.ComputerName = name
	system.Value.HostName, system.Value.Domain = network.Value.HostName, network.Value.Domain
	system.Source = network.Source + ", " + system.Source
	if name != "" {
		system.Source = m.Where(computerNameKey) + ", " + system.Source
	}
	return system
}

func readNetwork(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Identity] {
	return observe(m, now, tcpipKey, func() (id facts.Identity, there bool, err error) {
		k, there, err := readKey(ctx, m, tcpipKey, "Hostname", "Domain")
		if err != nil || !there {
			return id, there, err
		}
		if id.HostName, err = k.text("Hostname"); err == nil {
			id.Domain, err = k.text("Domain")
		}
		return id, true, err
	})
}

func readSystem(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Identity] {
	return observe(m, now, versionKey, func() (id facts.Identity, there bool, err error) {
		k, there, err := readKey(ctx, m, versionKey, "ProductName", "CurrentBuildNumber", "UBR")
		if err != nil || !there {
			return id, there, err
		}
		if id.ProductName, err = k.text("ProductName"); err != nil {
			return id, true, err
		}
		if id.Build, err = k.text("CurrentBuildNumber"); err != nil {
			return id, true, err
		}
		revision, err := k.number("UBR")
		if revision != nil {
			id.Build += "." + strconv.FormatUint(uint64(*revision), 10)
		}
		return id, true, err
	})
}

// readComputerName returns "" where there is no such key or value, and where nobody collected the key.
func readComputerName(ctx context.Context, m Machine) (string, error) {
	k, there, err := readKey(ctx, m, computerNameKey, "ComputerName")
	if errors.Is(err, ErrNotCollected) || err == nil && !there {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return k.text("ComputerName")
}
