// Package inventory reads what the user writes down: the deployments to audit, what is stated as right about them, and
// where credentials are. No secret is in it.
//
// The form is YAML, held to inventory.schema.json, which is made from the types of this package. A JSON document is
// accepted too: it is YAML.
package inventory

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"ssisaudit/collectors/yamlfile"
)

// Problem is one thing that is wrong with an inventory, Problems everything, by line.
type (
	Problem  = yamlfile.Problem
	Problems = yamlfile.Problems
)

// Schema is the inventory's JSON Schema (draft 2020-12), for editors too.
//
//go:embed inventory.schema.json
var Schema []byte

var form = yamlfile.NewForm(yamlfile.Form{
	Name: "inventory", Start: "version: 1 and deployments:",
	Secrets: "credentials",
	SecretKeys: []string{
		"user", "password", "integrated", "kerberos", // of a credential
		"env", "file", "prompt", // of a password
		"config", "realm", "keytab", "cache", // of Kerberos
	},
	NoPassword: "a password is never written in the inventory; under credentials, say where it is: " +
		"password: {env: VARIABLE}, {file: PATH} or {prompt: true}",
}, Schema)

// Load reads the inventory in a file. What is wrong with its content comes back as Problems, all at once.
func Load(name string) (*Inventory, error) {
	data, err := form.Load(name, "name another with -i, or write one as in docs/ssisaudit.example.yaml")
	if err != nil {
		return nil, err
	}
	return Parse(name, data)
}

// Parse reads an inventory. name is used in messages, and relative paths in the inventory start at its folder. What is
// wrong comes back as Problems, all at once.
//
// In the result defaults are filled in, overrides applied (every listener, network name and replica has its whole SQL,
// every machine its whole Windows), paths complete, and addresses, where there are any, of the form host:port.
func Parse(name string, data []byte) (*Inventory, error) {
	inv := new(Inventory)
	check := func(d *yamlfile.Document) { (&document{d}).check(inv) }
	if err := form.Read(name, data, inv, withDefaults, check); err != nil {
		return nil, err
	}
	inv.complete(filepath.Dir(name), runtime.GOOS)
	return inv, nil
}

// Deployment returns the deployment of that name, whatever its case. With a single deployment the name may be empty.
func (inv *Inventory) Deployment(name string) (Deployment, error) {
	var names []string
	for _, d := range inv.Deployments {
		if strings.EqualFold(d.Name, name) {
			return d, nil
		}
		names = append(names, yamlfile.Quote(d.Name))
	}
	if name == "" && len(inv.Deployments) == 1 {
		return inv.Deployments[0], nil
	}
	list := strings.Join(names, ", ")
	if name == "" {
		return Deployment{}, fmt.Errorf("the inventory has several deployments; name one of %s", list)
	}
	return Deployment{}, fmt.Errorf("the inventory has no deployment %s; it has %s", yamlfile.Quote(name), list)
}
