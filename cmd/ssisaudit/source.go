package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ssisaudit/collectors"
	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/inventory"
)

// sampleFacts is a deployment with many of the documented steps done wrong.
//
//go:embed sample.json
var sampleFacts []byte

// source is where the facts come from.
type source struct {
	inventory  string
	deployment string
	from       string
	sample     bool
	quiet      bool
	verify     bool
	discovery  discovery
}

func (f *source) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.inventory, "inventory", "i", "", "the inventory `FILE` (YAML)")
	cmd.Flags().StringVar(&f.deployment, "deployment", "", "which `DEPLOYMENT` of the inventory, where it has several")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	f.discovery.register(cmd)
}

// registerVerify is for commands that judge or keep what they collect.
func (f *source) registerVerify(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.verify, "verify-logging-login", false,
		"log in to every replica, once, with the user and password of the logging connection string (HA-6.7)")
}

// registerJudged is for commands that judge what they collect, or what was collected before.
func (f *source) registerJudged(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.from, "from", "", "take the facts from a facts document or an evidence folder at `PATH`, offline")
	cmd.Flags().BoolVar(&f.sample, "sample", false, "audit the broken deployment that comes with ssisaudit")
	f.registerVerify(cmd)
}

// check refuses what does not go together.
func (f *source) check() error {
	switch {
	case f.sample && (f.from != "" || f.inventory != ""):
		return errors.New("--sample brings facts of its own; leave out --from and -i")
	case f.verify && (f.sample || f.from != ""):
		return errors.New("--verify-logging-login logs in to live replicas; it does not go with --from or --sample")
	}
	return f.discovery.check()
}

// facts collects the facts, or reads them.
func (f *source) facts(ctx context.Context, s system) (facts.Document, error) {
	if err := f.check(); err != nil {
		return facts.Document{}, err
	}
	if f.discovery.listener != "" {
		return f.discovered(ctx, s)
	}
	if f.sample {
		return facts.Decode(bytes.NewReader(sampleFacts))
	}
	if f.inventory == "" && f.from == "" {
		return facts.Document{}, errors.New("say what to audit: -i FILE for an inventory, --listener HOST,PORT to discover " +
			"the deployment, --from PATH for collected facts, or --sample for an example")
	}
	var deployment *inventory.Deployment
	var inv *inventory.Inventory
	if f.inventory != "" {
		var err error
		if inv, err = inventory.Load(f.inventory); err != nil {
			return facts.Document{}, err
		}
		d, err := inv.Deployment(f.deployment)
		if err != nil {
			return facts.Document{}, fmt.Errorf("%s: %w (--deployment NAME)", f.inventory, err)
		}
		deployment = &d
	} else if f.deployment != "" {
		return facts.Document{}, errors.New("--deployment chooses from an inventory; name that with -i")
	}
	if f.from == "" {
		return f.collect(ctx, s, inv, *deployment, s.passwords(inv.Credentials))
	}
	info, err := os.Stat(f.from)
	if err != nil {
		return facts.Document{}, fmt.Errorf("--from: %w", err)
	}
	if info.IsDir() {
		return collectors.FromEvidence(ctx, f.from, deployment, version(), s.now)
	}
	doc, err := facts.Load(f.from)
	if err == nil && deployment != nil {
		collectors.Restate(&doc, *deployment, s.now)
	}
	return doc, err
}

// discovered collects without an inventory. What the discovery did not find is unknown.
func (f *source) discovered(ctx context.Context, s system) (facts.Document, error) {
	if f.inventory != "" || f.deployment != "" || f.from != "" || f.sample {
		return facts.Document{}, errors.New("--listener discovers what to audit; it does not go with -i, --deployment, " +
			"--from or --sample")
	}
	found, resolver, err := f.discovery.discover(ctx, s, false)
	if err != nil {
		return facts.Document{}, err
	}
	doc, err := f.collect(ctx, s, found.Inventory, found.Inventory.Deployments[0], resolver)
	if err == nil {
		found.Amend(&doc, s.now)
	}
	return doc, err
}

func (f *source) collect(ctx context.Context, s system, inv *inventory.Inventory, d inventory.Deployment,
	resolver *inventory.Resolver,
) (facts.Document, error) {
	progress := newProgress(s, f.quiet)
	defer progress.close()
	c := collectors.Collector{
		Limits: inv.Limits, Resolver: resolver,
		Version: version(), Now: s.now, DNS: s.resolver, Progress: progress.event, VerifyLoggingLogin: f.verify,
	}
	return c.Collect(ctx, d)
}
