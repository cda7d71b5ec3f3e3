package regtest

import (
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ssisaudit/collectors/windows"
)

// Reg returns the machine's registry as regedit and "reg export" write it: UTF-16LE with a byte order mark.
func (m Machine) Reg() []byte { return utf16LE("\uFEFF" + m.RegText()) }

// RegText is Reg before it is encoded.
func (m Machine) RegText() string {
	return export("Windows Registry Editor Version 5.00", m.Keys(), false)
}

// RegANSI returns the machine's registry as regedit writes it for Windows 9x: REGEDIT4, one byte a character.
// It has to be ASCII.
func (m Machine) RegANSI() []byte { return []byte(export("REGEDIT4", m.Keys(), true)) }

// ServicesCSV returns the states of the Scale Out services as PowerShell's Export-Csv writes them.
func (m Machine) ServicesCSV() []byte {
	names := map[windows.ServiceState]string{windows.ServiceStopped: "Stopped", windows.ServiceStartPending: "StartPending",
		windows.ServiceStopPending: "StopPending", windows.ServiceRunning: "Running",
		windows.ServiceContinuePending: "ContinuePending", windows.ServicePausePending: "PausePending",
		windows.ServicePaused: "Paused"}
	text := "\"Name\",\"Status\"\r\n"
	states := m.States()
	for _, name := range slices.Sorted(maps.Keys(states)) {
		if strings.HasPrefix(name, "SSISScaleOut") {
			text += fmt.Sprintf("%q,%q\r\n", name, names[states[name]])
		}
	}
	return []byte(text)
}

// WriteEvidence puts the machine into an evidence folder that exists: an export (Reg or RegANSI), the states of the
// services, and the settings files.
func (m Machine) WriteEvidence(dir string, export []byte) error {
	if err := os.WriteFile(filepath.Join(dir, "machine.reg"), export, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "services.csv"), m.ServicesCSV(), 0o600); err != nil {
		return err
	}
	for path, content := range m.Files {
		name := path[strings.LastIndexByte(path, '\\')+1:]
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func export(header string, keys []Key, ansi bool) string {
	var b strings.Builder
	b.WriteString(header + "\r\n")
	for _, key := range keys {
		fmt.Fprintf(&b, "\r\n[HKEY_LOCAL_MACHINE\\%s]\r\n", key.Path)
		for _, name := range slices.Sorted(maps.Keys(key.Values)) {
			line := quote(name) + "="
			if name == "" {
				line = "@="
			}
			b.WriteString(line + data(key.Values[name], len(line), ansi) + "\r\n")
		}
	}
	return b.String()
}

func data(v windows.Value, column int, ansi bool) string {
	switch v.Type {
	case windows.RegSZ:
		if text, err := v.Text(); err == nil && string(utf16LE(text+"\x00")) == string(v.Data) {
			return quote(text)
		}
	case windows.RegDWORD:
		if n, ok := v.DWORD(); ok {
			return fmt.Sprintf("dword:%08x", n)
		}
	}
	prefix := fmt.Sprintf("hex(%x):", uint32(v.Type))
	if v.Type == windows.RegBinary {
		prefix = "hex:"
	}
	bytes := v.Data
	if ansi && (v.Type == windows.RegSZ || v.Type == windows.RegExpandSZ || v.Type == windows.RegMultiSZ) {
		bytes = nil
		for i := 0; i+1 < len(v.Data); i += 2 { // ASCII by contract
			bytes = append(bytes, v.Data[i])
		}
	}
	return prefix + hexLines(bytes, column+len(prefix))
}

// hexLines breaks lines as regedit does: before column 80, with a backslash, and two blanks to begin the next one.
func hexLines(data []byte, column int) string {
	var b strings.Builder
	for i, one := range data {
		b.WriteString(hex.EncodeToString([]byte{one}))
		if i == len(data)-1 {
			break
		}
		b.WriteByte(',')
		if column += 3; column > 76 {
			b.WriteString("\\\r\n  ")
			column = 2
		}
	}
	return b.String()
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
