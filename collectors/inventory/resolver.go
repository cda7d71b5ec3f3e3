package inventory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"ssisaudit/collectors/secret"
)

// maxPassword is the size of a password file in bytes; SQL Server's longest password has 128 characters.
const maxPassword = 4096

// Login is a credential with its password fetched.
type Login struct {
	// Name is the credential's name in the inventory; empty for the identity of whoever runs ssisaudit.
	Name string
	// User is empty when Integrated is true, unless Kerberos names a keytab.
	User     string
	Password secret.Text
	// Integrated stands for SSPI on Windows, Kerberos elsewhere.
	Integrated bool
	// Kerberos is nil when the inventory says nothing of it.
	Kerberos *Kerberos
}

// Account splits User at the backslash of DOMAIN\user; without one, domain is empty.
func (l Login) Account() (domain, user string) {
	if d, u, ok := strings.Cut(l.User, `\`); ok {
		return d, u
	}
	return "", l.User
}

// Resolver fetches passwords from where the inventory says they are, each once, however often and from however many
// goroutines it is asked. The functions default to the operating system's. A Resolver must not be copied after use.
type Resolver struct {
	Credentials map[string]Credential
	// LookupEnv is os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// Open is os.Open.
	Open func(path string) (fs.File, error)
	// Prompt asks a person, without echo. Nil: there is nobody to ask. It is never called twice at once.
	Prompt func(ctx context.Context, label string) (string, error)

	mu        sync.Mutex // guards what follows
	answers   map[string]*answer
	prompting chan struct{} // holds a token while a prompt is open
}

type answer struct {
	done  chan struct{} // closed when the rest is there
	login Login
	err   error
}

// Login returns the credential of that name; for an empty name, the identity of whoever runs ssisaudit. The first call
// for a name fetches for all: its context is the one a prompt sees, and its error stays. So ask for a deployment's
// CredentialNames with the run's own context before targets ask with theirs.
func (r *Resolver) Login(ctx context.Context, name string) (Login, error) {
	if name == "" {
		return Login{Integrated: true}, nil
	}
	r.mu.Lock()
	if r.answers == nil {
		r.answers, r.prompting = map[string]*answer{}, make(chan struct{}, 1)
	}
	a, asked := r.answers[name]
	if !asked {
		a = &answer{done: make(chan struct{})}
		r.answers[name] = a
	}
	r.mu.Unlock()
	if !asked {
		a.login, a.err = r.resolve(ctx, name)
		close(a.done)
	}
	select {
	case <-a.done:
		return a.login, a.err
	case <-ctx.Done():
		return Login{}, fmt.Errorf("credentials %s: nobody gave the password in time: %w", name, context.Cause(ctx))
	}
}

func (r *Resolver) resolve(ctx context.Context, name string) (Login, error) {
	c, ok := r.Credentials[name]
	if !ok {
		return Login{}, fmt.Errorf("the inventory has no credentials %q", name)
	}
	l := Login{Name: name, User: c.User, Integrated: c.Integrated, Kerberos: c.Kerberos}
	if c.Integrated {
		return l, nil
	}
	if c.Password == nil {
		return Login{}, fmt.Errorf("credentials %s: the inventory does not say where the password is", name)
	}
	text, err := r.password(ctx, name, c)
	if err != nil {
		return Login{}, fmt.Errorf("credentials %s: %w", name, err)
	}
	l.Password = secret.New(text)
	return l, nil
}

func (r *Resolver) password(ctx context.Context, name string, c Credential) (string, error) {
	switch {
	case c.Password.Env != "":
		return r.fromEnv(c.Password.Env)
	case c.Password.File != "":
		return r.fromFile(c.Password.File)
	default:
		return r.fromPrompt(ctx, fmt.Sprintf("password of %s (credentials %s)", c.User, name))
	}
}

func (r *Resolver) fromEnv(variable string) (string, error) {
	lookup := r.LookupEnv
	if lookup == nil {
		lookup = os.LookupEnv
	}
	switch text, set := lookup(variable); {
	case !set:
		return "", fmt.Errorf("the environment variable %s is not set; put the password in it", variable)
	case text == "":
		return "", fmt.Errorf("the environment variable %s is empty; put the password in it", variable)
	default:
		return text, nil
	}
}

func (r *Resolver) fromFile(path string) (string, error) {
	open := r.Open
	if open == nil {
		open = func(path string) (fs.File, error) { return os.Open(path) }
	}
	f, err := open(path)
	if err != nil {
		return "", fmt.Errorf("the password file could not be opened: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", fmt.Errorf("the password file %s could not be looked at: %w", path, err)
	case info.IsDir():
		return "", fmt.Errorf("the password file %s is a folder; name a file", path)
	case info.Mode().IsRegular() && runtime.GOOS != "windows" && info.Mode().Perm()&0o006 != 0:
		// Windows keeps rights elsewhere: there the mode says nothing.
		return "", fmt.Errorf("everybody on this machine may read or write the password file %s, so it is not used; "+
			"run: chmod 600 %s", path, path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxPassword+1))
	if err != nil {
		return "", fmt.Errorf("the password file %s could not be read: %w", path, err)
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	switch {
	case len(data) > maxPassword:
		return "", fmt.Errorf("the password file %s is larger than %d bytes; it may hold the password and nothing else",
			path, maxPassword)
	case !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		return "", fmt.Errorf("the password file %s is not UTF-8 text; save it as UTF-8", path)
	case strings.ContainsAny(text, "\r\n"):
		return "", fmt.Errorf("the password file %s has more than one line; it may hold the password and nothing else", path)
	case text == "":
		return "", fmt.Errorf("the password file %s is empty", path)
	}
	return text, nil
}

func (r *Resolver) fromPrompt(ctx context.Context, label string) (string, error) {
	if r.Prompt == nil {
		return "", errors.New("the inventory says to ask for the password, and there is nobody to ask: " +
			"run in a terminal, or name an environment variable or a file")
	}
	select {
	case r.prompting <- struct{}{}:
		defer func() { <-r.prompting }()
	case <-ctx.Done():
		return "", fmt.Errorf("nobody gave the password in time: %w", context.Cause(ctx))
	}
	text, err := r.Prompt(ctx, label)
	if err != nil {
		return "", fmt.Errorf("the password was not given: %w", err)
	}
	if text == "" {
		return "", errors.New("the password given is empty")
	}
	return text, nil
}
