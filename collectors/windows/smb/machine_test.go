package smb_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"ssisaudit/collectors/secret"
	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/sambatest"
	"ssisaudit/collectors/windows/smb"
)

const (
	settingsPath = `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`
	rootStore    = `SOFTWARE\Microsoft\SystemCertificates\ROOT\Certificates`
	allTypes     = `SOFTWARE\All Types`
)

// regFile collects the text of a .reg file.
type regFile struct{ strings.Builder }

func (r *regFile) key(path string) *regFile {
	fmt.Fprintf(r, "\r\n[HKEY_LOCAL_MACHINE\\%s]\r\n", path)
	return r
}

func (r *regFile) value(line string) *regFile {
	r.WriteString(line + "\r\n")
	return r
}

func (r *regFile) binary(name string, data []byte) *regFile {
	line := fmt.Appendf(nil, "%q=hex:", name)
	for _, b := range data {
		line = append(hex.AppendEncode(line, []byte{b}), ',')
	}
	return r.value(strings.TrimSuffix(string(line), ","))
}

func (r *regFile) text() string { return "Windows Registry Editor Version 5.00\r\n" + r.String() }

// pattern is n bytes without a short period.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8*7 ^ i>>16*13)
	}
	return b
}

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func text(s string) windows.Value { return windows.Value{Type: windows.RegSZ, Data: wide(s + "\x00")} }

const certificates = 60

func thumbprint(i int) string { return fmt.Sprintf("%040X", i*0x1234567) }

func node() sambatest.Config {
	var r regFile
	r.key(allTypes).value(`@="the default"`).value(`"Text"="NT Service\\SSISScaleOutMaster150"`).
		value(`"Expand"=hex(2):25,00,41,00,25,00,00,00`).value(`"Binary"=hex:00,ff,10`).value(`"Number"=dword:0000002a`).
		value(`"List"=hex(7):61,00,00,00,62,00,00,00,00,00`).value(`"Long"=hex(b):01,02,03,04,05,06,07,08`).
		value(`"Empty"=hex:`).value(`"Größe"="日本語 ü"`)
	r.key(`SOFTWARE\Größe\日本語`).value(`"A"="b"`)
	r.key(`SOFTWARE\Leer`)
	r.key(`Cluster`).value(`"ClusterName"="CLU01"`)
	r.key(`Cluster\Groups\6f1ab4c2`).value(`"Name"="SSIS Scale Out Master"`)
	r.key(`Cluster\Resources\0c7d8ee1\Parameters`).value(`"ServiceName"="SSISScaleOutMaster150"`)
	for i := range certificates {
		r.key(rootStore+`\`+thumbprint(i)).binary("Blob", pattern(1500+10*i))
	}
	return sambatest.Config{
		Name: "SQLA", Reg: []string{r.text()}, LimitedUser: "reader", LimitedPassword: "Pa55-of-the-reader",
		Files: map[string][]byte{
			settingsPath:                []byte(`{"SqlServerName":"ssislsn,1433"}`),
			`C:\Data\empty.config`:      {},
			`D:\Größe\日本語.config`:       []byte("other drive"),
			`C:\Data\folder\inside.txt`: []byte("x"),
		},
	}
}

// largeNode is node with what takes time to set up.
func largeNode() sambatest.Config {
	var r regFile
	r.key(`SOFTWARE\Large`).binary("40K", pattern(40<<10)).binary("1M", pattern(1<<20+12345))
	for i := range 333 {
		r.key(fmt.Sprintf(`SOFTWARE\Many\key %03d`, i))
	}
	config := node()
	config.Reg = append(config.Reg, r.text())
	config.Files[`C:\Data\largest.config`] = pattern(windows.MaxFile)
	config.Files[`C:\Data\too large.config`] = pattern(windows.MaxFile + 1)
	return config
}

func clientOf(s *sambatest.Server) smb.Config {
	return smb.Config{Name: s.Name, Address: s.Address, User: `CONTOSO\` + s.User, Password: secret.New(s.Password)}
}

func open(tb testing.TB, config smb.Config) *smb.Machine {
	tb.Helper()
	m, err := smb.Open(context.Background(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = m.Close() })
	return m
}

func TestAMachineIsReadOverSMB(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, largeNode())
	m := open(t, clientOf(server))
	ctx := context.Background()

	t.Run("values of every type, under names of any script", func(t *testing.T) {
		want := map[string]windows.Value{
			"":       text("the default"),
			"Text":   text(`NT Service\SSISScaleOutMaster150`),
			"Expand": {Type: windows.RegExpandSZ, Data: wide("%A%\x00")},
			"Binary": {Type: windows.RegBinary, Data: []byte{0, 0xff, 0x10}},
			"Number": {Type: windows.RegDWORD, Data: []byte{42, 0, 0, 0}},
			"List":   {Type: windows.RegMultiSZ, Data: wide("a\x00b\x00\x00")},
			"Long":   {Type: windows.RegQWORD, Data: []byte{1, 2, 3, 4, 5, 6, 7, 8}},
			"Empty":  {Type: windows.RegBinary, Data: nil},
			"Größe":  text("日本語 ü"),
		}
		got, err := m.Values(ctx, allTypes)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, want)
	})
	t.Run("values by name, whatever their case, without those that are not there", func(t *testing.T) {
		got, err := m.Values(ctx, allTypes, "NUMBER", "no such value", "GRÖßE")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, map[string]windows.Value{
			"NUMBER": {Type: windows.RegDWORD, Data: []byte{42, 0, 0, 0}}, "GRÖßE": text("日本語 ü"),
		})
	})
	t.Run("values that come in many fragments", func(t *testing.T) {
		want := map[string]windows.Value{"40K": {Type: windows.RegBinary, Data: pattern(40 << 10)},
			"1M": {Type: windows.RegBinary, Data: pattern(1<<20 + 12345)}}
		byName, err := m.Values(ctx, `SOFTWARE\Large`, "40K", "1M")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, byName, want)
		all, err := m.Values(ctx, `SOFTWARE\Large`)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, all, want)
	})
	t.Run("the cluster hive", func(t *testing.T) {
		got, err := m.Values(ctx, `Cluster\Resources\0c7d8ee1\Parameters`, "ServiceName")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, map[string]windows.Value{"ServiceName": text("SSISScaleOutMaster150")})
	})
	t.Run("sub-keys, sorted", func(t *testing.T) {
		many := make([]string, 333)
		for i := range many {
			many[i] = fmt.Sprintf("key %03d", i)
		}
		for key, want := range map[string][]string{
			`Cluster`: {"Groups", "Resources"}, `SOFTWARE\Größe`: {"日本語"}, `SOFTWARE\Leer`: {}, `SOFTWARE\Many`: many,
		} {
			if got, err := m.SubKeys(ctx, key); err != nil || !slices.Equal(got, want) {
				t.Errorf("the sub-keys of %s are %q, %v; want %q", key, got, err, want)
			}
		}
	})
	t.Run("a key that is not there", func(t *testing.T) {
		_, err := m.Values(ctx, `SYSTEM\CurrentControlSet\Services\ClusSvc`, "Start")
		wantError(t, err, fs.ErrNotExist, `\\SQLA HKLM\SYSTEM\CurrentControlSet\Services\ClusSvc does not exist`)
		_, err = m.SubKeys(ctx, `SOFTWARE\Nothing\Here`)
		wantError(t, err, fs.ErrNotExist, `\\SQLA HKLM\SOFTWARE\Nothing\Here does not exist`)
	})
	t.Run("files, in any case of letters", func(t *testing.T) {
		for path, want := range map[string]string{
			strings.ToUpper(settingsPath): `{"SqlServerName":"ssislsn,1433"}`, `C:\Data\empty.config`: "",
			`d:\Größe\日本語.config`: "other drive", `C:\Data\largest.config`: string(pattern(windows.MaxFile)),
		} {
			if got, err := m.File(ctx, path); err != nil || string(got) != want {
				t.Errorf("%s holds %d bytes %.40q, %v; want %d bytes", path, len(got), got, err, len(want))
			}
		}
	})
	t.Run("files that cannot be had", func(t *testing.T) {
		for path, want := range map[string]struct {
			kind error
			says string
		}{
			`C:\Data\nothing.config`:      {fs.ErrNotExist, `\\SQLA\C$\Data\nothing.config does not exist`},
			`C:\No folder\x.config`:       {fs.ErrNotExist, `does not exist`},
			`E:\Data\x.config`:            {nil, `SQLA has no such share; restore the administrative shares`},
			`C:\Data\too large.config`:    {nil, `more than the 1048576 bytes`},
			`C:\Data\folder`:              {nil, `reading \\SQLA\C$\Data\folder: `},
			`C:\Data\..\..\etc\passwd`:    {nil, `is not a path that Windows takes`},
			`\\SQLB\C$\Data\x.config`:     {nil, `is not a path like C:\folder\file`},
			`C:\Data\empty.config:hidden`: {nil, `is not a path that Windows takes`},
		} {
			_, err := m.File(ctx, path)
			wantError(t, err, want.kind, want.says)
		}
	})
	t.Run("everything at the same time", func(t *testing.T) {
		var all sync.WaitGroup
		for i := range certificates {
			all.Go(func() {
				got, err := m.Values(ctx, rootStore+`\`+thumbprint(i), "Blob")
				if err != nil || !bytes.Equal(got["Blob"].Data, pattern(1500+10*i)) {
					t.Errorf("certificate %d: %d bytes, %v", i, len(got["Blob"].Data), err)
				}
			})
			all.Go(func() {
				if names, err := m.SubKeys(ctx, rootStore); err != nil || len(names) != certificates {
					t.Errorf("%d certificates, %v; want %d", len(names), err, certificates)
				}
			})
			all.Go(func() {
				if content, err := m.File(ctx, settingsPath); err != nil || len(content) == 0 {
					t.Errorf("the settings file: %d bytes, %v", len(content), err)
				}
			})
		}
		all.Wait()
	})
	t.Run("where things are read", func(t *testing.T) {
		for place, want := range map[string]string{
			`SYSTEM\Setup`: `\\SQLA HKLM\SYSTEM\Setup`, `c:\Windows\x.config`: `\\SQLA\C$\Windows\x.config`,
		} {
			if got := m.Where(place); got != want {
				t.Errorf("%s is read at %s, want %s", place, got, want)
			}
		}
	})
}

func TestAnAccountWithoutRightsIsRefusedAndNothingIsAbsent(t *testing.T) {
	t.Parallel()
	server := sambatest.Start(t, node())
	config := clientOf(server)
	config.User, config.Password = "reader", secret.New(server.LimitedPassword)
	m := open(t, config)
	for _, read := range []func() error{
		func() error { _, err := m.Values(context.Background(), allTypes, "Text"); return err },
		func() error { _, err := m.SubKeys(context.Background(), rootStore); return err },
		func() error { _, err := m.File(context.Background(), settingsPath); return err },
	} {
		wantError(t, read(), fs.ErrPermission,
			"access denied to reader; use a domain account that is a local administrator on SQLA")
	}
}

func compare(t *testing.T, got, want map[string]windows.Value) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[name]
		if !ok || g.Type != want[name].Type || !bytes.Equal(g.Data, want[name].Data) {
			t.Errorf("value %q is type %d, %d bytes %.40x (there: %v); want type %d, %d bytes %.40x",
				name, g.Type, len(g.Data), g.Data, ok, want[name].Type, len(want[name].Data), want[name].Data)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the values are %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// wantError checks an error's kind and text, and that it is not of another kind that policies act upon.
func wantError(t *testing.T, err, kind error, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the error is %v\nwant one that says %q", err, says)
	}
	for _, each := range []error{fs.ErrNotExist, fs.ErrPermission} {
		if errors.Is(err, each) != (each == kind) {
			t.Errorf("%q: is it %q? %v", err, each, errors.Is(err, each))
		}
	}
}
