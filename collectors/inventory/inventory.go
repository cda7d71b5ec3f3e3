// Package inventory reads what the user writes down: the deployments to audit, what is stated as right about them, and
// where credentials are. No secret is in it.
//
// The form is YAML, held to inventory.schema.json, which is made from the types of this package. A JSON document is
// accepted too: it is YAML.
package inventory

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Load reads the inventory in a file. What is wrong with its content comes back as Problems, all at once.
func Load(name string) (*Inventory, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the inventory could not be opened: %w; "+
			"name another with -i, or write one as in docs/ssisaudit.example.yaml", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the inventory could not be read: %w", err)
	}
	return Parse(name, data)
}

// Parse reads an inventory. name is used in messages, and relative paths in the inventory start at its folder. What is
// wrong comes back as Problems, all at once.
//
// In the result defaults are filled in, overrides applied (every listener, network name and replica has its whole SQL,
// every machine its whole Windows), paths complete, and addresses, where there are any, of the form host:port.
func Parse(name string, data []byte) (*Inventory, error) {
	d := read(name, data)
	if d.root == nil && len(d.problems) > 0 {
		return nil, d.problems.sorted()
	}
	d.checkSchema()
	inv := new(Inventory)
	if root, ok := d.root.(map[string]any); ok {
		if err := decode(withDefaults(root), inv); err != nil {
			d.report(nil, "the inventory could not be read: %v", err)
		} else {
			d.check(inv)
		}
	}
	if len(d.problems) > 0 {
		return nil, d.problems.sorted()
	}
	inv.complete(filepath.Dir(name), runtime.GOOS)
	return inv, nil
}

func decode(value any, into any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// Deployment returns the deployment of that name, whatever its case. With a single deployment the name may be empty.
func (inv *Inventory) Deployment(name string) (Deployment, error) {
	var names []string
	for _, d := range inv.Deployments {
		if strings.EqualFold(d.Name, name) {
			return d, nil
		}
		names = append(names, quote(d.Name))
	}
	if name == "" && len(inv.Deployments) == 1 {
		return inv.Deployments[0], nil
	}
	list := strings.Join(names, ", ")
	if name == "" {
		return Deployment{}, fmt.Errorf("the inventory has several deployments; name one of %s", list)
	}
	return Deployment{}, fmt.Errorf("the inventory has no deployment %s; it has %s", quote(name), list)
}
