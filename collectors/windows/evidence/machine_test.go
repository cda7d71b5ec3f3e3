package evidence_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ssisaudit/collectors/windows"
	"ssisaudit/collectors/windows/evidence"
)

const (
	header  = "Windows Registry Editor Version 5.00\r\n\r\n"
	service = `SYSTEM\CurrentControlSet\Services\SSISScaleOutMaster150`
	path    = `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\MasterSettings.config`
)

// folder writes an evidence folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, dir string) *evidence.Machine {
	t.Helper()
	m, err := evidence.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

const services = header + `[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services]

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SSISScaleOutMaster150]
"ObjectName"="CONTOSO\\svc-ssis"
"Start"=dword:00000003

`

func TestKeysAreFoundWhateverTheirCase(t *testing.T) {
	dir := folder(t, map[string]string{"Services.REG": services})
	m := open(t, dir)
	values, err := m.Values(t.Context(), strings.ToUpper(service), "OBJECTNAME", "ImagePath")
	if err != nil || len(values) != 1 || values["OBJECTNAME"].Type != windows.RegSZ {
		t.Errorf("%v, %v", values, err)
	}
	all, err := m.Values(t.Context(), service)
	if err != nil || len(all) != 2 || all["Start"].Type != windows.RegDWORD {
		t.Errorf("%v, %v", all, err)
	}
	names, err := m.SubKeys(t.Context(), `system\currentcontrolset\services`)
	if err != nil || !slices.Equal(names, []string{"SSISScaleOutMaster150"}) {
		t.Errorf("%v, %v", names, err)
	}
	if got, want := m.Where(service), filepath.Join(dir, "Services.REG")+` HKLM\`+service; got != want {
		t.Errorf("Where = %q, want %q", got, want)
	}
}

func TestOnlyAnExportedKeyCanBeAbsent(t *testing.T) {
	m := open(t, folder(t, map[string]string{"services.reg": services}))
	if _, err := m.Values(t.Context(), `SYSTEM\CurrentControlSet\Services\SSISScaleOutMaster160`); !errors.Is(err,
		fs.ErrNotExist) {
		t.Errorf("a key that the export of its parent does not list: %v", err)
	}
	for _, key := range []string{"Cluster", `SYSTEM\CurrentControlSet\Control`, `SYSTEM\CurrentControlSet`, "SYSTEM"} {
		_, valuesErr := m.Values(t.Context(), key)
		_, keysErr := m.SubKeys(t.Context(), key)
		for _, err := range []error{valuesErr, keysErr} {
			if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `reg export "HKLM\`+key+
				`"`) {
				t.Errorf("%s: %v, want an error that says how to export it", key, err)
			}
		}
	}
}

func TestExportsThatDisagreeAreAnError(t *testing.T) {
	other := func(lines string) string { return header + "[HKEY_LOCAL_MACHINE\\" + service + "]\r\n" + lines }
	for _, test := range []struct{ name, second, why string }{
		{"the same values", other("\"Start\"=dword:00000003\r\n\"ObjectName\"=\"CONTOSO\\\\svc-ssis\"\r\n"), ""},
		{"another value", other("\"Start\"=dword:00000002\r\n\"ObjectName\"=\"CONTOSO\\\\svc-ssis\"\r\n"),
			"different values in a.reg and b.reg"},
		{"a missing value", other("\"Start\"=dword:00000003\r\n"), "different values in a.reg and b.reg"},
		{"a missing key", header + "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services]\r\n", "a.reg and b.reg"},
	} {
		m := open(t, folder(t, map[string]string{"a.reg": services, "b.reg": test.second}))
		_, err := m.Values(t.Context(), service)
		if test.why == "" && err != nil || test.why != "" && (err == nil || !strings.Contains(err.Error(), test.why)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.why)
		}
		if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a disagreement reads as an absence: %v", test.name, err)
		}
	}

	for name, second := range map[string]string{
		"two lists": header + "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services]\r\n",
		"a key that the list does not hold": header +
			"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\New]\r\n",
		"a key below one that it has not got": header +
			"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\New\\Below]\r\n",
	} {
		m := open(t, folder(t, map[string]string{"a.reg": services, "b.reg": second}))
		names, err := m.SubKeys(t.Context(), `SYSTEM\CurrentControlSet\Services`)
		if err == nil || !strings.Contains(err.Error(), "a.reg and b.reg") {
			t.Errorf("%s: %v, %v", name, names, err)
		}
	}
}

func TestCharactersOfAnUnknownCodePageAreNotGuessed(t *testing.T) {
	m := open(t, folder(t,
		map[string]string{"a.reg": "REGEDIT4\r\n\r\n" +
			"[HKEY_LOCAL_MACHINE\\A]\r\n\"Owner\"=\"M\xFCller\"\r\n\"Port\"=\"8391\"\r\n\r\n" +
			"[HKEY_LOCAL_MACHINE\\A\\M\xFCller]\r\n"}))
	if values, err := m.Values(t.Context(), "A", "Port"); err != nil || len(values) != 1 {
		t.Errorf("a value in ASCII: %v, %v", values, err)
	}
	if _, err := m.Values(t.Context(), "A", "Owner"); err == nil || !strings.Contains(err.Error(),
		"unknown code page") {
		t.Errorf("another value: %v", err)
	}
	if _, err := m.SubKeys(t.Context(), "A"); err == nil || !strings.Contains(err.Error(), "unknown code page") {
		t.Errorf("a key: %v", err)
	}
}

func TestSettingsFilesAreFoundBesideTheExportsOrUnderTheirPath(t *testing.T) {
	for _, place := range []string{"MasterSettings.config", "mastersettings.CONFIG",
		"Program Files/Microsoft SQL Server/150/DTS/Binn/MasterSettings.config",
		"C/Program Files/Microsoft SQL Server/150/DTS/Binn/MasterSettings.config",
		"c$/program files/Microsoft SQL Server/150/DTS/Binn/MasterSettings.config"} {
		dir := folder(t, map[string]string{"a.reg": services, place: "{}"})
		m := open(t, dir)
		if content, err := m.File(t.Context(), path); err != nil || string(content) != "{}" {
			t.Errorf("%s: %q, %v", place, content, err)
		}
		if got, want := m.Where(path), filepath.Join(dir, filepath.FromSlash(place)); got != want {
			t.Errorf("Where = %q, want %q", got, want)
		}
	}
}

func TestASettingsFileThatWasNotCollectedIsNotAbsent(t *testing.T) {
	dir := folder(t, map[string]string{"a.reg": services,
		"D/Program Files/Microsoft SQL Server/150/DTS/Binn/MasterSettings.config": "{}"})
	_, err := open(t, dir).File(t.Context(), path)
	if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "copy it there from "+path) {
		t.Errorf("%v", err)
	}
}

func TestCopiesOfASettingsFileThatDifferAreAnError(t *testing.T) {
	files := map[string]string{"a.reg": services, "MasterSettings.config": "{}",
		"C/Program Files/Microsoft SQL Server/150/DTS/Binn/MasterSettings.config": "{}"}
	if _, err := open(t, folder(t, files)).File(t.Context(), path); err != nil {
		t.Errorf("equal copies: %v", err)
	}
	files["MasterSettings.config"] = "{ }"
	if _, err := open(t, folder(t, files)).File(t.Context(), path); err == nil || !strings.Contains(err.Error(),
		"differ") {
		t.Errorf("different copies: %v", err)
	}
}

func TestNothingOutsideOfTheFolderIsRead(t *testing.T) {
	outside := folder(t, map[string]string{"secret.reg": services, "MasterSettings.config": "secret"})
	dir := folder(t, map[string]string{"a.reg": services})
	if err := os.Symlink(filepath.Join(outside, "MasterSettings.config"), filepath.Join(dir,
		"MasterSettings.config")); err != nil {
		t.Fatal(err)
	}
	if content, err := open(t, dir).File(t.Context(), path); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%q, %v", content, err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret.reg"), filepath.Join(dir, "b.reg")); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Open(dir); err == nil || !strings.Contains(err.Error(), "b.reg") {
		t.Errorf("an export that is a link to the outside: %v", err)
	}
}

func TestFoldersThatCannotBeReadSayWhy(t *testing.T) {
	for dir, why := range map[string]string{
		filepath.Join(t.TempDir(), "none"): "cannot open the evidence folder",
		t.TempDir():                        "has no *.reg file",
		folder(t, map[string]string{"x/a.reg": services}):           "has no *.reg file",
		folder(t, map[string]string{"a.reg": services + "prose\n"}): "a.reg:9:",
	} {
		if _, err := evidence.Open(dir); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", dir, err, why)
		}
	}
}

func TestASettingsFileBeyondTheLimitIsAnError(t *testing.T) {
	m := open(t, folder(t, map[string]string{"a.reg": services, "MasterSettings.config": strings.Repeat(" ",
		windows.MaxFile+1)}))
	if _, err := m.File(t.Context(), path); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
}
