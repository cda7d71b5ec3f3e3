package evidence_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf16"

	"ssisaudit/collectors/windows"
)

const master = "SSISScaleOutMaster150"

// exported is what Export-Csv of Windows PowerShell 5.1 writes.
const exported = "\"Name\",\"Status\"\r\n\"SSISScaleOutMaster140\",\"Stopped\"\r\n\"SSISScaleOutMaster150\",\"Running\"\r\n"

func wide(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

func TestStatesAreReadHoweverTheFileWasSaved(t *testing.T) {
	for name, content := range map[string]string{
		"Windows PowerShell 5.1":            exported,
		"PowerShell 7":                      strings.ReplaceAll(exported, "\r\n", "\n"),
		"with a byte order mark":            "\xEF\xBB\xBF" + exported,
		"-Encoding Unicode":                 wide(exported),
		"without -NoTypeInformation":        "#TYPE Selected.System.ServiceProcess.ServiceController\r\n" + exported,
		"with more columns, in other order": "Status,DisplayName,Name\r\nRunning,\"Scale Out, \"\"15\"\"\"," + master + "\r\n",
		"without quotes, in other case":     "name,status\nssisscaleoutmaster150,RUNNING\n",
	} {
		m := open(t, folder(t, map[string]string{"a.reg": services, "Services.CSV": content}))
		if got, err := m.ServiceState(t.Context(), master); err != nil || got != windows.ServiceRunning {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestEveryStatusOfPowerShellIsAState(t *testing.T) {
	for status, want := range map[string]windows.ServiceState{"Stopped": "stopped", "StartPending": "start_pending",
		"StopPending": "stop_pending", "Running": "running", "ContinuePending": "continue_pending",
		"PausePending": "pause_pending", "Paused": "paused"} {
		m := open(t, folder(t, map[string]string{"a.reg": services, "services.csv": "Name,Status\nx," + status + "\n"}))
		if got, err := m.ServiceState(t.Context(), "x"); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", status, got, err, want)
		}
	}
}

// Nothing about services in a folder can tell that one is not there.
func TestStatesThatWereNotCollectedAreNotAbsent(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"no file":              {nil, "services.csv is not in the evidence folder"},
		"another service":      {map[string]string{"services.csv": "Name,Status\nMSSQLSERVER,Running\n"}, "does not list " + master},
		"an empty file":        {map[string]string{"services.csv": ""}, "no line with the names of its columns"},
		"another separator":    {map[string]string{"services.csv": "Name;Status\nx;Running\n"}, "with commas between them"},
		"a translated status":  {map[string]string{"services.csv": "Name,Status\n" + master + ",Wird ausgeführt\n"}, "none that Windows knows"},
		"a number":             {map[string]string{"services.csv": "Name,Status\n" + master + ",4\n"}, "none that Windows knows"},
		"two states":           {map[string]string{"services.csv": exported + master + ",Stopped\n"}, "twice, in different states"},
		"a line with a gap":    {map[string]string{"services.csv": "Name,Status\n" + master + "\n"}, "wrong number of fields"},
		"a file that was cut":  {map[string]string{"services.csv": wide(exported)[:31]}, "cut short"},
		"files that differ":    {map[string]string{"services.csv": exported, "SERVICES.csv": "Name,Status\n"}, "differ"},
		"more than can be":     {map[string]string{"services.csv": strings.Repeat("x", windows.MaxFile+1)}, "more than"},
		"a folder of the name": {map[string]string{"services.csv/x": ""}, "not a regular file"},
	} {
		files := map[string]string{"a.reg": services}
		for file, content := range c.files {
			files[file] = content
		}
		state, err := open(t, folder(t, files)).ServiceState(t.Context(), master)
		if err == nil || state != "" || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v; want %q", name, state, err, c.says)
		}
	}
}

func TestWhereAStateIsFromIsTheFile(t *testing.T) {
	dir := folder(t, map[string]string{"a.reg": services})
	if got := open(t, dir).WhereService(master); !strings.HasPrefix(got, dir) || !strings.HasSuffix(got, "services.csv "+master) {
		t.Errorf("WhereService = %q", got)
	}
}
