package windows

import (
	"strings"
	"testing"
)

func TestTheFolderOfAServiceComesFromItsCommandLine(t *testing.T) {
	const want = `C:\Program Files\Microsoft SQL Server\150\DTS\Binn`
	for _, commandLine := range []string{
		`"C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe"`,
		`"C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe" -s "x y"`,
		`C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe`,
		`C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.EXE /service D:\other.exe`,
		`\??\C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe`,
		`C:/Program Files/Microsoft SQL Server/150/DTS/Binn/SSISScaleOutMaster.exe`,
		`  "C:\Program Files\Microsoft SQL Server\150\DTS\Binn\a.exe.b"`,
	} {
		if got, err := imageFolder(commandLine); err != nil || got != want {
			t.Errorf("%s: %q, %v", commandLine, got, err)
		}
	}
	if got, err := imageFolder(`E:\master.exe`); err != nil || got != `E:` {
		t.Errorf(`E:\master.exe: %q, %v`, got, err)
	}
}

func TestACommandLineThatLeavesTheFolderOpenIsAnError(t *testing.T) {
	for commandLine, why := range map[string]string{
		``: "is empty",
		`%ProgramFiles%\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe`: "cannot be expanded",
		`"C:\Program Files\x.exe`:        "not closed",
		`C:\Program Files\x.dll`:         "no .exe",
		`\\server\share\x.exe`:           "begin with a drive",
		`\SystemRoot\x.exe`:              "begin with a drive",
		`x.exe`:                          "begin with a drive",
		`"C:\a\..\x.exe"`:                "no name of a file",
		`"C:\a:stream\x.exe"`:            "no name of a file",
		`"C:\\x.exe"`:                    "no name of a file",
		"\"C:\\a\x00b\\SSISScaleOut.exe": "not closed",
	} {
		if got, err := imageFolder(commandLine); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %q, %v; want an error that says %q", commandLine, got, err, why)
		}
	}
}

func FuzzImageFolder(f *testing.F) {
	f.Add(`"C:\Program Files\Microsoft SQL Server\150\DTS\Binn\SSISScaleOutMaster.exe" -s`)
	f.Add(`C:\Program Files\x.exe y.exe`)
	f.Add(`%SystemRoot%\x.exe`)
	f.Fuzz(func(t *testing.T, commandLine string) {
		folder, err := imageFolder(commandLine)
		if err != nil {
			return
		}
		if !isDrive(folder[:2]) || strings.Contains(folder+`\`, `\..\`) || strings.ContainsAny(folder[2:], "/:\x00\"") {
			t.Fatalf("%q gives the folder %q", commandLine, folder)
		}
	})
}
