package windows

import (
	"errors"
	"fmt"
	"strings"
)

// imageFolder returns the folder of the program in a service's command line (value ImagePath), such as
// `C:\Program Files\Microsoft SQL Server\150\DTS\Binn`. The program may be quoted; where it is not, it ends at the
// first ".exe" that a blank or the end follows, which is what Windows tries first.
//
// A path with %variables% is an error: they are the machine's, and nothing that only reads can expand them.
func imageFolder(commandLine string) (string, error) {
	program, err := programOf(strings.TrimLeft(commandLine, " \t"))
	if err != nil {
		return "", err
	}
	if strings.Count(program, "%") > 1 {
		return "", errors.New("it has %variables%, which cannot be expanded from outside the machine")
	}
	program = strings.ReplaceAll(strings.TrimPrefix(program, `\??\`), "/", `\`)
	parts := strings.Split(program, `\`)
	if len(parts) < 2 || !isDrive(parts[0]) {
		return "", errors.New(`it does not begin with a drive, such as C:\`)
	}
	for _, part := range parts[1:] {
		if !isFileName(part) {
			return "", fmt.Errorf("%q in it is no name of a file or folder", part)
		}
	}
	return strings.Join(parts[:len(parts)-1], `\`), nil
}

func programOf(commandLine string) (string, error) {
	if commandLine == "" {
		return "", errors.New("it is empty")
	}
	if rest, quoted := strings.CutPrefix(commandLine, `"`); quoted {
		program, _, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", errors.New("its quotation mark is not closed")
		}
		return program, nil
	}
	for from := 0; ; {
		i := indexFoldASCII(commandLine[from:], ".exe")
		if i < 0 {
			break
		}
		from += i + len(".exe")
		if from == len(commandLine) || commandLine[from] == ' ' || commandLine[from] == '\t' {
			return commandLine[:from], nil
		}
	}
	return "", errors.New("it names no .exe file")
}

// indexFoldASCII is strings.Index without regard to the case of ASCII letters; sub is lower case.
func indexFoldASCII(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

func isDrive(s string) bool {
	return len(s) == 2 && s[1] == ':' && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

func isFileName(s string) bool {
	if s == "" || s == "." || s == ".." {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"|?*`, r) })
}
