package windows

import (
	"context"
	"errors"
	"strconv"
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
	network := observe(m, now, tcpipKey, func() (id facts.Identity, there bool, err error) {
		k, there, err := readKey(ctx, m, tcpipKey, "Hostname", "Domain")
		if err != nil || !there {
			return id, there, err
		}
		if id.HostName, err = k.text("Hostname"); err == nil {
			id.Domain, err = k.text("Domain")
		}
		return id, true, err
	})
	if network.Status != facts.Observed {
		return network
	}
	system := observe(m, now, versionKey, func() (id facts.Identity, there bool, err error) {
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
	if system.Status != facts.Observed {
		return system
	}
	name, err := readComputerName(ctx, m)
	if err != nil {
		return facts.Fail[facts.Identity](err, m.Where(computerNameKey), now())
	}
	system.Value.ComputerName = name
	system.Value.HostName, system.Value.Domain = network.Value.HostName, network.Value.Domain
	system.Source = network.Source + ", " + system.Source
	if name != "" {
		system.Source = m.Where(computerNameKey) + ", " + system.Source
	}
	return system
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
