package sambatest_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/collectors/windows/smb"
)

func nodeReg(name string) string {
	return "Windows Registry Editor Version 5.00\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n" +
		fmt.Sprintf("\"ComputerName\"=\"%s\"\r\n", name)
}

func TestServersOnTheirOwnAddressesPlayDifferentMachines(t *testing.T) {
	t.Parallel()
	for name, addr := range map[string]string{"SQLA": "127.0.0.11", "SQLB": "127.0.0.12"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sambatest.Start(t, sambatest.Config{Name: name, Addr: addr, Reg: []string{nodeReg(name)},
				Files: map[string][]byte{`D:\SQL\which.txt`: []byte(name)}})
			m := open(t, s)
			values, err := m.Values(context.Background(), `SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName`)
			if err != nil {
				t.Fatal(err)
			}
			want := windows.Value{Type: windows.RegSZ, Data: []byte("S\x00Q\x00L\x00" + name[3:] + "\x00\x00\x00")}
			if got := values["ComputerName"]; got.Type != want.Type || string(got.Data) != string(want.Data) {
				t.Errorf("ComputerName is %v, want %v", got, want)
			}
			if content, err := m.File(context.Background(), `D:\SQL\which.txt`); err != nil || string(content) != name {
				t.Errorf("the file holds %q, %v; want %q", content, err, name)
			}
		})
	}
}

func TestNothingOfAServerIsLeftAfterItsTest(t *testing.T) {
	const addr = "127.0.99.13" // no other test's: packages are tested at the same time
	var address, dir string
	t.Run("a test with a server", func(t *testing.T) {
		s := sambatest.Start(t, sambatest.Config{Addr: addr, Reg: []string{nodeReg("SQLA")}})
		address = s.Address
		if _, err := open(t, s).SubKeys(context.Background(), "SYSTEM"); err != nil {
			t.Fatal(err)
		}
		for _, command := range processes(t) {
			_, config, _ := strings.Cut(command, "--configfile ")
			if settings, err := os.ReadFile(config); err == nil && strings.Contains(string(settings), addr) {
				dir = filepath.Dir(config)
			}
		}
		if dir == "" {
			t.Fatal("no process of Samba's is seen while it runs")
		}
	})
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Error("the server still listens")
	}
	for _, command := range processes(t) {
		if strings.Contains(command, dir) {
			t.Errorf("still running: %s", command)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is still there", dir)
	}
}

// processes lists the command lines of all processes.
func processes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Fatalf("listing processes: %v", err)
	}
	var commands []string
	for _, file := range files {
		if command, err := os.ReadFile(file); err == nil { // else it ended meanwhile
			commands = append(commands, strings.TrimSpace(strings.ReplaceAll(string(command), "\x00", " ")))
		}
	}
	return commands
}

func open(t *testing.T, s *sambatest.Server) *smb.Machine {
	t.Helper()
	m, err := smb.Open(context.Background(), smb.Config{Name: s.Name, Address: s.Address, User: s.User,
		Password: secret.New(s.Password)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}
