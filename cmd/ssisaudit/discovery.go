package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ssisaudit/collectors"
	"ssisaudit/collectors/inventory"
	"ssisaudit/report"
)

// discovery are the flags for a deployment that is discovered instead of written down.
type discovery struct {
	listener, master             string
	sqlUser, sqlPasswordEnv      string
	windowsUser, windowsPassword string
	trustServerCertificate       bool
	caFile                       string
	cmd                          *cobra.Command
}

// discoveryFlags belong to --listener.
var discoveryFlags = []string{"master", "sql-user", "sql-password-env", "windows-user", "windows-password-env",
	"trust-server-certificate", "ca-file"}

func (d *discovery) register(cmd *cobra.Command) {
	f := cmd.Flags()
	d.cmd = cmd
	f.StringVar(&d.listener, "listener", "", "discover the deployment from SSISDB's `HOST[,PORT]`: the listener, or the "+
		"network name of a failover cluster instance (HOST\\INSTANCE)")
	f.StringVar(&d.master, "master", "", "with --listener: the Scale Out Master's `HOST[,PORT]`, where it is known")
	f.StringVar(&d.sqlUser, "sql-user", "", "with --listener: the `LOGIN` for SQL Server, or DOMAIN\\user; default: who you are")
	f.StringVar(&d.sqlPasswordEnv, "sql-password-env", "", "the environment `VARIABLE` that holds the password of --sql-user; default: ask")
	f.StringVar(&d.windowsUser, "windows-user", "", "with --listener: the `DOMAIN\\user` for the Windows machines; default: who you are")
	f.StringVar(&d.windowsPassword, "windows-password-env", "", "the environment `VARIABLE` that holds the password of --windows-user; default: ask")
	f.BoolVar(&d.trustServerCertificate, "trust-server-certificate", false, "with --listener: do not check SQL Server's certificates")
	f.StringVar(&d.caFile, "ca-file", "", "with --listener: a PEM `FILE` with the authorities for SQL Server's certificates; default: the system's")
}

// check finds what does not go together, without asking anybody.
func (d *discovery) check() error {
	if d.listener == "" {
		if d.cmd.Flags().Changed("listener") {
			return errors.New("--listener: name a host")
		}
		for _, name := range discoveryFlags {
			if d.cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s goes with --listener; an inventory has its own key for it", name)
			}
		}
		return nil
	}
	for _, c := range []struct{ kind, user, env string }{
		{"sql", d.sqlUser, d.sqlPasswordEnv}, {"windows", d.windowsUser, d.windowsPassword}} {
		switch {
		case c.env != "" && c.user == "":
			return fmt.Errorf("--%s-password-env goes with --%s-user", c.kind, c.kind)
		case c.env != "" && !inventory.IsVariable(c.env): // it may be a password
			return fmt.Errorf("--%s-password-env is not the name of an environment variable; write the name, and put the "+
				"password in the variable", c.kind)
		}
	}
	if d.trustServerCertificate && d.caFile != "" {
		return errors.New("--ca-file has no effect with --trust-server-certificate; leave one of them out")
	}
	return nil
}

// plan is what the flags say, for collectors.
func (d *discovery) plan() (collectors.Discovery, error) {
	p := collectors.Discovery{SQL: inventory.SQL{TrustServerCertificate: d.trustServerCertificate},
		Credentials: map[string]inventory.Credential{}}
	if err := d.check(); err != nil {
		return p, err
	}
	var err error
	if p.Host, p.Port, err = hostAndPort(d.listener); err != nil {
		return p, fmt.Errorf("--listener %w", err)
	}
	p.Host, p.Instance, _ = strings.Cut(p.Host, `\`)
	if !inventory.IsMachine(p.Host) || !inventory.IsInstance(d.instance(p)) {
		return p, fmt.Errorf(`--listener %s is not accepted; write a DNS name, which clients use, as HOST, HOST,PORT or `+
			`HOST\INSTANCE`, inventory.Quote(d.listener))
	}
	if d.master != "" {
		if p.Master.Host, p.Master.Port, err = hostAndPort(d.master); err != nil {
			return p, fmt.Errorf("--master %w", err)
		}
		if !inventory.IsMachine(p.Master.Host) {
			return p, fmt.Errorf("--master %s is not accepted; write a DNS name, as HOST or HOST,PORT", inventory.Quote(d.master))
		}
	}
	if d.caFile != "" {
		if p.SQL.CAFile, err = filepath.Abs(d.caFile); err != nil {
			return p, fmt.Errorf("--ca-file: %w", err)
		}
	}
	p.SQL.Credentials = credential(p.Credentials, "sql", d.sqlUser, d.sqlPasswordEnv)
	p.Windows.Credentials = credential(p.Credentials, "windows", d.windowsUser, d.windowsPassword)
	return p, nil
}

func (d *discovery) instance(p collectors.Discovery) string {
	if strings.Contains(d.listener, `\`) {
		return p.Host + `\` + p.Instance
	}
	return p.Host
}

// credential adds a credential, and returns its name; no user is who runs the program.
func credential(all map[string]inventory.Credential, name, user, env string) string {
	if user == "" {
		return ""
	}
	all[name] = inventory.Credential{User: user, Password: &inventory.PasswordSource{Env: env, Prompt: env == ""}}
	return name
}

func hostAndPort(text string) (host string, port int, err error) {
	host, written, has := strings.Cut(text, ",")
	if !has {
		return host, 0, nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(written), 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%s: the port is not between 1 and 65535", inventory.Quote(text))
	}
	return host, int(n), nil
}

// discover asks the listener. What it names is shown before it is connected to.
func (d *discovery) discover(ctx context.Context, s system, findMaster bool) (*collectors.Discovered, *inventory.Resolver, error) {
	p, err := d.plan()
	if err != nil {
		return nil, nil, err
	}
	p.FindMaster, p.Address = findMaster, s.address
	p.Tell = func(kind string, names []string) {
		fmt.Fprintf(s.stderr, "ssisaudit: %s names the %s %s\n", p.Host, kind, report.Visible(strings.Join(names, ", ")))
	}
	resolver := s.passwords(p.Credentials)
	c := collectors.Collector{Limits: inventory.DefaultLimits(), Resolver: resolver, Version: version(), Now: s.now, DNS: s.resolver}
	found, err := c.Discover(ctx, p)
	if err != nil && strings.Contains(err.Error(), "`ca_file`") { // its advice is for an inventory
		err = fmt.Errorf("%w (here: --ca-file, --trust-server-certificate)", err)
	}
	if err != nil {
		return nil, nil, err
	}
	var said []string
	for _, g := range found.Gaps {
		if !slices.Contains(said, g.Reason) {
			said = append(said, g.Reason)
			fmt.Fprintln(s.stderr, "ssisaudit: not found for certain:", report.Visible(g.Reason))
		}
	}
	return found, resolver, nil
}
