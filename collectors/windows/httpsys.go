package windows

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"ssisaudit/collectors/facts"
)

const bindingsKey = servicesKey + `\HTTP\Parameters\SslBindingInfo`

// readHTTPBindings observes the TLS bindings of HTTP.sys, sorted by name. One that cannot be read fails them all.
func readHTTPBindings(ctx context.Context, m Machine, now func() time.Time) facts.Observation[[]facts.HTTPBinding] {
	return observe(m, now, bindingsKey, func() ([]facts.HTTPBinding, bool, error) {
		names, there, err := subKeys(ctx, m, bindingsKey)
		if err != nil || !there {
			return nil, there, err
		}
		bindings := make([]facts.HTTPBinding, len(names))
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(parallel)
		for i, name := range names {
			g.Go(func() error {
				k, err := readListedKey(ctx, m, bindingsKey+`\`+name,
					"SslCertHash", "SslCertStoreName", "AppId", "DefaultFlags")
				if err != nil {
					return err
				}
				bindings[i], err = bindingOf(k, name)
				return err
			})
		}
		return bindings, true, g.Wait()
	})
}

func bindingOf(k keyValues, name string) (facts.HTTPBinding, error) {
	b := facts.HTTPBinding{Name: name, Store: "MY"}
	port, err := strconv.ParseUint(name[strings.LastIndex(name, ":")+1:], 10, 16)
	if err != nil || !strings.Contains(name, ":") {
		return b, fmt.Errorf("cannot use the binding %s: its name is not <address>:<port>", k.where)
	}
	b.Port = int(port)
	if hash, ok := k.values["SslCertHash"]; ok {
		if hash.Type != RegBinary {
			return b, k.damaged("SslCertHash", fmt.Errorf("it has type %d, not REG_BINARY (3)", hash.Type))
		}
		b.Thumbprint = fmt.Sprintf("%X", hash.Data)
	}
	store, err := k.text("SslCertStoreName")
	if err != nil {
		return b, err
	}
	if store != "" {
		b.Store = store
	}
	if id, ok := k.values["AppId"]; ok {
		if b.AppID, err = appID(id); err != nil {
			return b, k.damaged("AppId", err)
		}
	}
	flags, err := k.number("DefaultFlags")
	if flags != nil {
		b.Flags = *flags
	}
	return b, err
}

var guidText = regexp.MustCompile(`^\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?$`)

// appID reads an application id, stored as the 16 bytes of a GUID (its first three fields little-endian) or as text.
func appID(v Value) (string, error) {
	if v.Type == RegBinary {
		if len(v.Data) != 16 {
			return "", fmt.Errorf("it has %d bytes, a GUID has 16", len(v.Data))
		}
		le := binary.LittleEndian
		return fmt.Sprintf("{%08x-%04x-%04x-%x-%x}", le.Uint32(v.Data), le.Uint16(v.Data[4:]), le.Uint16(v.Data[6:]),
			v.Data[8:10], v.Data[10:]), nil
	}
	s, err := v.Text()
	if err != nil || s == "" {
		return "", err
	}
	match := guidText.FindStringSubmatch(s)
	if match == nil {
		return "", errors.New("its text is no GUID")
	}
	return "{" + strings.ToLower(match[1]) + "}", nil
}
