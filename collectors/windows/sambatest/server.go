// Package sambatest starts real Samba servers for tests: a registry, files and accounts like those of a Windows machine.
//
// Samba answers some keys itself, whatever is imported there:
//
//   - SYSTEM\CurrentControlSet\Services\Tcpip\Parameters: Hostname is the name of the computer that runs the test,
//     Domain its DNS domain, both REG_SZ, and nothing else;
//   - SOFTWARE\Microsoft\Windows NT\CurrentVersion: SystemRoot `c:\Windows` and CurrentVersion "6.1";
//   - SYSTEM\CurrentControlSet\Control\ProductOptions: ProductType "ServerNT".
package sambatest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"ssisaudit/collectors/windows"
)

// Config is the machine that a Server plays.
type Config struct {
	// Name is its NetBIOS name; empty means SQLA.
	Name string
	// Addr is its loopback address; empty means 127.0.0.1. Servers on addresses of their own do not meet.
	Addr string
	// Port is its TCP port; 0 means a free one.
	Port int
	// User and Password are its administrator; empty means ssisaudit and DefaultPassword.
	User, Password string
	// LimitedUser and LimitedPassword are an account that signs on and may open neither a key nor a file.
	// Empty: there is none.
	LimitedUser, LimitedPassword string
	// Reg are texts of .reg files (UTF-8) that its registry is made of.
	Reg []string
	// NoRemoteRegistry leaves the registry's service out.
	NoRemoteRegistry bool
	// Services are the states of its services. nil: Samba's own Service Control Manager answers, which knows Samba's.
	Services map[string]windows.ServiceState
	// Files are its files by Windows path (C:\...). Drives are shared as C$ and so on with the administrator; C$ always.
	Files map[string][]byte
	// Options are more lines for the section [global] of smb.conf.
	Options []string
}

// DefaultPassword is the administrator's where none is given.
const DefaultPassword = "Passw0rd-of-the-tests"

// Server is a Samba that runs until its test ends.
type Server struct {
	// Config with what was filled in.
	Config
	// Address is host:port.
	Address string

	dir string
}

// Start starts a Samba and stops it, with all its processes, when the test ends. It runs as root: Samba changes
// identities. What it needs is Debian's package samba; without it the test fails.
func Start(tb testing.TB, config Config) *Server {
	tb.Helper()
	if err := asRoot(os.Geteuid()); err != nil {
		tb.Fatal(err)
	}
	if config.Name == "" {
		config.Name = "SQLA"
	}
	if config.Addr == "" {
		config.Addr = "127.0.0.1"
	}
	if config.User == "" {
		config.User = "ssisaudit"
	}
	if config.Password == "" {
		config.Password = DefaultPassword
	}
	s := &Server{Config: config, dir: newDir(tb)}
	s.writeFiles(tb)
	fixed := config.Port != 0
	for attempt := 1; ; attempt++ {
		if !fixed {
			s.Port = freePort(tb, s.Addr)
		}
		s.Address = net.JoinHostPort(s.Addr, strconv.Itoa(s.Port))
		s.writeConfig(tb)
		if attempt == 1 {
			s.addAccounts(tb)
			s.importRegistry(tb)
			if !s.NoRemoteRegistry {
				s.startRegistry(tb)
			}
			if s.Services != nil {
				s.startManager(tb)
			}
		}
		err := s.startServer(tb)
		if err == nil {
			return s
		}
		if fixed || attempt == 3 { // someone else may have taken the free port meanwhile
			tb.Fatalf("starting smbd on %s: %v", s.Address, err)
		}
	}
}

// asRoot says what to do if the test does not run as root.
func asRoot(user int) error {
	if user != 0 {
		return fmt.Errorf("this test starts a real Samba, which changes identities, as user %d: run as root", user)
	}
	return nil
}

// newDir makes a directory with a short name: it holds Unix sockets, whose paths are limited to 108 bytes.
func newDir(tb testing.TB) string {
	parent := os.TempDir()
	if len(parent) > 30 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "smb")
	if err != nil {
		tb.Fatalf("making Samba's directory: %v", err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // Samba works here under several identities
		tb.Fatalf("making Samba's directory: %v", err)
	}
	for _, sub := range []string{"private", "state", "cache", "lock", "pid", "rpc", "dns", "drives/C"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			tb.Fatalf("making Samba's directory: %v", err)
		}
	}
	return dir
}

func freePort(tb testing.TB, addr string) int {
	l, err := net.Listen("tcp", net.JoinHostPort(addr, "0"))
	if err != nil {
		tb.Fatalf("looking for a free port on %s: %v", addr, err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *Server) writeFiles(tb testing.TB) {
	for path, content := range s.Files {
		drive, rest, ok := strings.Cut(path, `:\`)
		if !ok || len(drive) != 1 {
			tb.Fatalf(`the file %q of the Samba server is not a path like C:\folder\file`, path)
		}
		local := filepath.Join(s.dir, "drives", strings.ToUpper(drive), filepath.FromSlash(strings.ReplaceAll(rest, `\`, "/")))
		if err := os.MkdirAll(filepath.Dir(local), 0o755); err != nil {
			tb.Fatalf("writing the Samba server's files: %v", err)
		}
		if err := os.WriteFile(local, content, 0o644); err != nil {
			tb.Fatalf("writing the Samba server's files: %v", err)
		}
	}
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *Server) writeConfig(tb testing.TB) {
	me := currentUser(tb)
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("[global]")
	line("server role = standalone server\nnetbios name = %s\nworkgroup = CONTOSO\ndisable netbios = yes", s.Name)
	line("smb ports = %d\ninterfaces = %s/8\nbind interfaces only = yes", s.Port, s.Addr)
	for option, sub := range map[string]string{"private dir": "private", "state directory": "state",
		"cache directory": "cache", "lock directory": "lock", "pid directory": "pid", "ncalrpc dir": "rpc",
		"binddns dir": "dns", "log file": "log", "username map": "users"} {
		line("%s = %s", option, s.path(sub))
	}
	line("passdb backend = tdbsam\nserver min protocol = SMB3_00\nserver signing = mandatory")
	line("disable spoolss = yes\nload printers = no\nrpc start on demand helpers = no")
	line("rpcd_winreg:num_workers = 64") // else it stops answering when several tests share it
	line("%s", strings.Join(s.Options, "\n"))
	drives, err := os.ReadDir(s.path("drives"))
	if err != nil {
		tb.Fatalf("listing the Samba server's drives: %v", err)
	}
	for _, drive := range drives {
		line("[%s$]\npath = %s\nread only = yes\nvalid users = %s", drive.Name(), s.path("drives/"+drive.Name()), me)
	}
	s.write(tb, "smb.conf", b.String())
	s.write(tb, "users", fmt.Sprintf("!%s = %s\n!%s = %s\n", me, s.User, limitedAccount, s.LimitedUser))
}

func (s *Server) write(tb testing.TB, name, text string) {
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		tb.Fatalf("writing Samba's configuration: %v", err)
	}
}

func currentUser(tb testing.TB) string {
	me, err := user.Current()
	if err != nil {
		tb.Fatalf("asking for the user who runs the test: %v", err)
	}
	return me.Username
}

// limitedAccount is the Unix account that LimitedUser is mapped to.
const limitedAccount = "nobody"

// addAccounts gives the passwords to the Unix accounts that the names are mapped to.
func (s *Server) addAccounts(tb testing.TB) {
	add := func(account, password string) {
		s.run(tb, password+"\n"+password+"\n", "pdbedit", "-s", s.path("smb.conf"), "-t", "-a", "-u", account)
	}
	add(currentUser(tb), s.Password)
	if s.LimitedUser != "" {
		add(limitedAccount, s.LimitedPassword)
	}
}

func (s *Server) importRegistry(tb testing.TB) {
	for i, text := range s.Reg {
		// Samba keeps a key's values only when an empty line follows them, and takes text that is not UTF-16 for CP850.
		s.write(tb, fmt.Sprintf("%d.reg", i), utf16Text(strings.TrimPrefix(text, "\ufeff")+"\r\n\r\n"))
		s.run(tb, "", "net", "-s", s.path("smb.conf"), "registry", "import", s.path(fmt.Sprintf("%d.reg", i)))
	}
}

// utf16Text is text as Windows exports it: UTF-16LE behind a byte order mark.
func utf16Text(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// run runs a tool of Samba's to its end.
func (s *Server) run(tb testing.TB, input string, tool ...string) {
	cmd := exec.Command(find(tb, tool[0]), tool[1:]...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("running %s: %v\n%s", strings.Join(tool, " "), err, out)
	}
}

// environment keeps Samba's databases from waiting for the disk.
func environment() []string { return append(os.Environ(), "TDB_NO_FSYNC=1") }

// find looks where Debian puts Samba's programs.
func find(tb testing.TB, tool string) string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/libexec/samba", "/usr/lib/samba") {
		if path, err := exec.LookPath(filepath.Join(dir, tool)); err == nil {
			return path
		}
	}
	tb.Fatalf("%s is not installed and this test runs a real Samba: install the Debian package samba", tool)
	return ""
}

const patience = 30 * time.Second

func (s *Server) startRegistry(tb testing.TB) {
	services := []string{"--libexec-rpcds"}
	if s.Services != nil { // all but rpcd_classic, which has \svcctl, and which the tests have no other use for
		services = []string{find(tb, "rpcd_winreg"), find(tb, "rpcd_lsad")}
	}
	p := s.start(tb, find(tb, "samba-dcerpcd"), services...)
	err := p.until(func() bool {
		_, err := os.Stat(s.path("rpc/np/winreg"))
		return err == nil
	})
	if err != nil {
		tb.Fatalf("starting Samba's registry service: %v", err)
	}
}

func (s *Server) startServer(tb testing.TB) error {
	p := s.start(tb, find(tb, "smbd"))
	return p.until(func() bool {
		conn, err := net.Dial("tcp", s.Address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// until waits for a condition, as long as the process lives.
func (p *process) until(ready func() bool) error {
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.ended:
			return fmt.Errorf("it ended: %s", bytes.TrimSpace(p.output()))
		case <-deadline:
			return errors.Join(errors.New("it is not ready"), errors.New(string(bytes.TrimSpace(p.output()))))
		case <-tick.C:
			if ready() {
				return nil
			}
		}
	}
}
