package remediation

import (
	"errors"
	"net/netip"
	"regexp"
	"strconv"

	"ssisaudit/collectors/facts"
)

var (
	applicationForm = regexp.MustCompile(`^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$`)
	anyStoreForm    = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
)

// boundAddress is for addresses as HTTP.sys writes them. No letter of one means anything to a command line.
func boundAddress(value string) error {
	address, err := netip.ParseAddrPort(value)
	if err != nil || address.Port() == 0 || address.Addr().Zone() != "" || address.String() != value {
		return errors.New("it is no address and port as HTTP.sys writes them")
	}
	return nil
}

// knownFlags are those for which netsh has had switches in all versions: the directory service mapper (1) and the
// negotiation of client certificates (2).
func knownFlags(value string) error {
	if flags, err := strconv.ParseUint(value, 10, 32); err != nil || flags > 3 {
		return errors.New("the binding has settings that would be lost with it")
	}
	return nil
}

// binding is one of HTTP.sys; without a store there is none.
type binding struct {
	thumbprint  expression
	store       string
	application string
}

func setBinding(v values, from, to binding) call {
	flags, _ := strconv.Atoi(v["flags"]) // knownFlags
	return call{function: "Set-HttpBinding", arguments: []argument{
		{"Address", verbatim(v["address"])},
		{"FromThumbprint", from.thumbprint}, {"FromStore", verbatim(from.store)}, {"FromApplication", verbatim(from.application)},
		{"Thumbprint", to.thumbprint}, {"Store", verbatim(to.store)}, {"Application", verbatim(to.application)},
		{"Flags", number(flags)},
	}}
}

func newBinding(v values) binding {
	return binding{thumbprintOf(v["thumbprint"], masterFile), "Root", v["application"]}
}

func auditedBinding(v values) binding {
	return binding{verbatim(v["audited_thumbprint"]), v["audited_store"], v["audited_application"]}
}

// bindMasterCertificate needs no restart: HTTP.sys shows the certificate to the next one who connects.
var bindMasterCertificate = action{
	name: "bind-master-certificate", place: onNode, stage: stageNodes, order: orderBindings,
	parameters: []parameter{
		{"address", boundAddress}, {"thumbprint", form("a thumbprint", thumbprintForm)},
		{"application", form("an application id", applicationForm)}, {"flags", knownFlags},
		{"audited_thumbprint", optional(form("a thumbprint", thumbprintForm))},
		{"audited_store", optional(form("the name of a store", anyStoreForm))},
		{"audited_application", optional(form("an application id", applicationForm))},
		{"audited_held", optional(truth)},
	},
	object: []string{"address"},
	asks:   func(v values) []Question { return asksExchange(v["thumbprint"], masterFile) },
	right:  "local administrator",
	title: func(v values) string {
		return "bind " + v["address"] + " in HTTP.sys to " + shownCertificate(v["thumbprint"]) + " in Root"
	},
	note: "HTTP.sys can only delete a binding and add another one: where the new one is refused, the script puts the old one " +
		"back. It shows the certificate at once; workers that expect another one get no work until they are put right, too.",
	call: func(v values) call { return setBinding(v, auditedBinding(v), newBinding(v)) },
	back: func(v values) call {
		if v["audited_store"] != "" && v["audited_thumbprint"] == "" {
			return call{none: "the binding before had no certificate"}
		}
		if v["audited_held"] == "false" {
			return call{none: "the certificate that was bound before is not in its store with its private key"}
		}
		before := auditedBinding(v)
		if before.store != "" && before.application == "" {
			before.application = v["application"] // netsh adds none without
		}
		return setBinding(v, newBinding(v), before)
	},
	effect: func(s subject, v values) {
		bindings := value(&s.node().HTTPBindings)
		if v["audited_store"] == "" {
			*bindings = append(*bindings, facts.HTTPBinding{Name: v["address"], Port: portOf(v)})
		}
		b := item(*bindings, boundTo(v["address"]))
		flags, _ := strconv.Atoi(v["flags"]) // knownFlags
		b.Thumbprint, b.Store, b.AppID, b.Flags = v["thumbprint"], "Root", v["application"], uint32(flags)
	},
	reverse: func(s subject, v values) {
		bindings := value(&s.node().HTTPBindings)
		if v["audited_store"] == "" {
			*bindings = without(*bindings, boundTo(v["address"]))
			return
		}
		b := item(*bindings, boundTo(v["address"]))
		b.Thumbprint, b.Store = v["audited_thumbprint"], v["audited_store"]
		if v["audited_application"] != "" {
			b.AppID = v["audited_application"]
		}
	},
}

func boundTo(address string) func(facts.HTTPBinding) bool {
	return func(b facts.HTTPBinding) bool { return b.Name == address }
}

func portOf(v values) int {
	address, _ := netip.ParseAddrPort(v["address"]) // boundAddress
	return int(address.Port())
}
