// Package regtest makes Windows machines for tests: "a machine with these facts", as registry exports and settings
// files, which a Samba server, an evidence folder or Memory then serve.
package regtest

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"ssisaudit/collectors/windows"
)

// Machine is a Windows machine. Tests take one of the healthy ones and change what they are about.
type Machine struct {
	HostName, Domain   string // HostName in ASCII; the computer name follows from it
	ProductName, Build string // Build is CurrentBuildNumber
	Revision           uint32 // UBR
	DistinguishedName  string // the computer's in Active Directory; "" is none, and Netlogon then starts manually
	Services           []Service
	Root, My           []Stored // certificates; nil: the store does not exist
	Bindings           []Binding
	Schannel           map[string]uint32
	Cluster            *Cluster
	Files              map[string][]byte // by local path
	More               []Key             // further keys; one of the same path adds to and replaces values
}

// Service is a key below Services.
type Service struct {
	Name, Account, ImagePath string
	Start                    uint32
	DelayedAutoStart         bool
	State                    windows.ServiceState // "" is stopped
}

// Stored is a certificate in a store. A blob that is not nil stands in for the properties.
type Stored struct {
	DER          []byte
	PrivateKey   bool
	FriendlyName string
	Blob         []byte
}

// Binding is a key below SslBindingInfo.
type Binding struct {
	Name  string
	Hash  []byte
	Store string // "" writes no SslCertStoreName
	AppID []byte
	Flags uint32
}

// Cluster is a cluster hive.
type Cluster struct {
	Name      string
	Nodes     []string
	Groups    []Group
	Resources []Resource
}

// Group is a cluster group; Contains are ids of resources.
type Group struct {
	ID, Name string
	Contains []string
}

// Resource is a cluster resource.
type Resource struct {
	ID, Name, Type string
	Parameters     map[string]windows.Value
}

// Key is a registry key below HKEY_LOCAL_MACHINE.
type Key struct {
	Path   string
	Values map[string]windows.Value
}

const (
	services = `SYSTEM\CurrentControlSet\Services`
	schannel = `SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
	stores   = `SOFTWARE\Microsoft\SystemCertificates`
	names    = `SYSTEM\CurrentControlSet\Control\ComputerName`
	version  = `SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	policy   = `SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine`
)

// Keys returns the machine's registry sorted by path, parents included, as an export of its roots would list it.
func (m Machine) Keys() []Key {
	keys := []Key{
		{services, nil},
		{services + `\Tcpip\Parameters`, map[string]windows.Value{"Hostname": SZ(m.HostName), "Domain": SZ(m.Domain)}},
		{names + `\ComputerName`, map[string]windows.Value{"ComputerName": SZ(m.computerName())}},
		{version, map[string]windows.Value{"ProductName": SZ(m.ProductName), "CurrentBuildNumber": SZ(m.Build),
			"UBR": DWORD(m.Revision)}},
	}
	member, netlogon := map[string]windows.Value{}, DWORD(3)
	if m.DistinguishedName != "" {
		member["Distinguished-Name"], netlogon = SZ(m.DistinguishedName), DWORD(2)
	}
	keys = append(keys, Key{policy, member}, Key{services + `\Netlogon`, map[string]windows.Value{"Start": netlogon}})
	for _, s := range m.Services {
		values := map[string]windows.Value{"Start": DWORD(s.Start), "ImagePath": ExpandSZ(s.ImagePath)}
		if s.Account != "" {
			values["ObjectName"] = SZ(s.Account)
		}
		if s.DelayedAutoStart {
			values["DelayedAutostart"] = DWORD(1)
		}
		keys = append(keys, Key{services + `\` + s.Name, values})
	}
	keys = append(keys, storeKeys("ROOT", m.Root)...)
	keys = append(keys, storeKeys("MY", m.My)...)
	for _, b := range m.Bindings {
		values := map[string]windows.Value{"SslCertHash": Binary(b.Hash), "AppId": Binary(b.AppID),
			"DefaultFlags": DWORD(b.Flags)}
		if b.Store != "" {
			values["SslCertStoreName"] = SZ(b.Store)
		}
		keys = append(keys, Key{services + `\HTTP\Parameters\SslBindingInfo\` + b.Name, values})
	}
	tls := map[string]windows.Value{}
	for name, value := range m.Schannel {
		tls[name] = DWORD(value)
	}
	keys = append(keys, Key{schannel, tls})
	if m.Cluster != nil {
		keys = append(keys, m.Cluster.keys()...)
	}
	return complete(append(keys, m.More...))
}

// States are the states of the machine's services by name.
func (m Machine) States() map[string]windows.ServiceState {
	states := map[string]windows.ServiceState{}
	for _, s := range m.Services {
		states[s.Name] = cmp.Or(s.State, windows.ServiceStopped)
	}
	return states
}

// computerName is the NetBIOS name, as Windows makes it of the host name.
func (m Machine) computerName() string {
	return strings.ToUpper(m.HostName[:min(15, len(m.HostName))]) // ASCII by contract
}

func storeKeys(store string, certificates []Stored) []Key {
	if certificates == nil {
		return nil
	}
	keys := []Key{{stores + `\` + store + `\Certificates`, nil}}
	for _, c := range certificates {
		keys = append(keys, Key{stores + `\` + store + `\Certificates\` + Thumbprint(c.DER),
			map[string]windows.Value{"Blob": Binary(c.blob())}})
	}
	return keys
}

func (c *Cluster) keys() []Key {
	keys := []Key{{`Cluster`, map[string]windows.Value{"ClusterName": SZ(c.Name)}},
		{`Cluster\Nodes`, nil}, {`Cluster\Groups`, nil}, {`Cluster\Resources`, nil}}
	for i, node := range c.Nodes {
		keys = append(keys, Key{fmt.Sprintf(`Cluster\Nodes\%d`, i+1), map[string]windows.Value{"NodeName": SZ(node)}})
	}
	for _, g := range c.Groups {
		keys = append(keys, Key{`Cluster\Groups\` + g.ID,
			map[string]windows.Value{"Name": SZ(g.Name), "Contains": MultiSZ(g.Contains...)}})
	}
	for _, r := range c.Resources {
		keys = append(keys,
			Key{`Cluster\Resources\` + r.ID, map[string]windows.Value{"Name": SZ(r.Name), "Type": SZ(r.Type)}},
			Key{`Cluster\Resources\` + r.ID + `\Parameters`, r.Parameters})
	}
	return keys
}

// complete merges keys of the same path, adds those between a root and its keys, and sorts by path.
func complete(keys []Key) []Key {
	merged := map[string]map[string]windows.Value{}
	for _, key := range keys {
		for path := key.Path; path != "" && merged[path] == nil; path = parent(path) {
			merged[path] = map[string]windows.Value{}
			if slices.Contains(roots, path) {
				break
			}
		}
		maps.Copy(merged[key.Path], key.Values)
	}
	var all []Key
	for path, values := range merged {
		if slices.ContainsFunc(roots, func(root string) bool { return strings.HasPrefix(path+`\`, root+`\`) }) ||
			slices.ContainsFunc(keys, func(k Key) bool { return k.Path == path }) {
			all = append(all, Key{path, values})
		}
	}
	slices.SortFunc(all, func(a, b Key) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// roots are the keys that are exported with everything below them.
var roots = []string{services, names, schannel, version, policy, stores + `\ROOT`, stores + `\MY`, `Cluster`}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '\\'), 0)] }

// SZ is a REG_SZ.
func SZ(s string) windows.Value { return windows.Value{Type: windows.RegSZ, Data: utf16LE(s + "\x00")} }

// ExpandSZ is a REG_EXPAND_SZ.
func ExpandSZ(s string) windows.Value {
	return windows.Value{Type: windows.RegExpandSZ, Data: utf16LE(s + "\x00")}
}

// MultiSZ is a REG_MULTI_SZ.
func MultiSZ(s ...string) windows.Value {
	var b strings.Builder
	for _, one := range s {
		b.WriteString(one + "\x00")
	}
	return windows.Value{Type: windows.RegMultiSZ, Data: utf16LE(b.String() + "\x00")}
}

// DWORD is a REG_DWORD.
func DWORD(n uint32) windows.Value {
	return windows.Value{Type: windows.RegDWORD, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

// Binary is a REG_BINARY.
func Binary(data []byte) windows.Value { return windows.Value{Type: windows.RegBinary, Data: data} }

func utf16LE(s string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}
