package evidence

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"ssisaudit/collectors/windows"
)

// parseExport reads a file as regedit and "reg export" write it (version 5.00 in UTF-16 or UTF-8, or REGEDIT4).
// name is the file's, for errors, which say file and line and never quote a value. left is how many keys may be held,
// and is counted down.
func parseExport(name string, content []byte, left *int) (*regFile, error) {
	text, guessed, err := exportText(content)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	p := parser{
		text: text, line: 1,
		file: &regFile{name: name, roots: map[string]bool{}, keys: map[string]*regKey{}, guessed: guessed, left: left},
	}
	if err := p.parse(); err != nil {
		return nil, fmt.Errorf("cannot read %s:%d: %w", name, p.line, err)
	}
	return p.file, nil
}

type parser struct {
	text string
	pos  int
	line int // of pos
	file *regFile
	key  *regKey // nil in another hive
	data []byte  // reused by hex
}

func (p *parser) parse() error {
	switch strings.TrimRight(p.restOfLine(), " \t\r") {
	case "Windows Registry Editor Version 5.00":
	case "REGEDIT4":
		p.file.ansi = true
	default:
		return errors.New("it begins neither with \"Windows Registry Editor Version 5.00\" nor with REGEDIT4, " +
			"so it is no registry export")
	}
	if !strings.HasSuffix(p.text, "\n") {
		p.line += strings.Count(p.text, "\n")
		return errors.New("it ends in the middle of a line, so it was cut short; export it again")
	}
	seen := false
	for p.newline(); p.pos < len(p.text); {
		p.blanks()
		switch p.peek() {
		case '\r', '\n':
		case ';':
			p.restOfLine()
		case '[':
			if err := p.keyLine(); err != nil {
				return err
			}
			seen = true
		case '"', '@':
			if !seen {
				return errors.New("a value stands before the first key")
			}
			if err := p.valueLine(); err != nil {
				return err
			}
		default:
			return errors.New("this is neither a key, nor a value, nor a comment")
		}
		p.blanks()
		if p.peek() == ';' {
			p.restOfLine()
		}
		if !p.newline() {
			return errors.New("something follows where the line should end")
		}
	}
	return nil
}

// keyLine reads [HKEY_LOCAL_MACHINE\SYSTEM\...]. Names may contain brackets: the last one of the line closes.
func (p *parser) keyLine() error {
	line := strings.TrimRight(p.restOfLine(), " \t\r")
	path, closed := strings.CutSuffix(line[1:], "]")
	if !closed {
		return errors.New("a key has no closing bracket at the end of its line")
	}
	if strings.HasPrefix(path, "-") {
		return errors.New("it deletes a key, so it is a change and no export; leave such files out of the evidence")
	}
	hive, path, below := strings.Cut(path, `\`)
	switch strings.ToUpper(hive) {
	case "HKEY_LOCAL_MACHINE", "HKLM":
	case "HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", "HKEY_USERS", "HKEY_CURRENT_CONFIG", "HKCR", "HKCU", "HKU", "HKCC":
		p.key = nil
		return nil
	default:
		return errors.New("a key does not begin with a registry hive such as HKEY_LOCAL_MACHINE")
	}
	if below && path == "" {
		return errors.New("a key has an empty part in its path")
	}
	var err error
	p.key, err = p.file.add(path)
	return err
}

// valueLine reads "name"=value or @=value.
func (p *parser) valueLine() error {
	v := regValue{}
	if p.peek() == '@' {
		p.pos++
	} else {
		var err error
		if v.name, err = p.quoted(); err != nil {
			return err
		}
	}
	v.garbled = p.file.guessed && !isASCII(v.name)
	p.blanks()
	if p.peek() != '=' {
		return errors.New("a value has no = behind its name")
	}
	p.pos++
	p.blanks()
	if err := p.value(&v); err != nil {
		return err
	}
	if p.key == nil {
		return nil
	}
	name := strings.ToLower(v.name)
	if _, twice := p.key.values[name]; twice {
		return errors.New("the key has a value of this name already, so the file was edited; export it again")
	}
	if p.key.values == nil {
		p.key.values = map[string]regValue{}
	}
	p.key.values[name] = v
	return nil
}

func (p *parser) value(v *regValue) error {
	switch {
	case p.peek() == '"':
		text, err := p.quoted()
		v.Type, v.Data = windows.RegSZ, utf16LE(text)
		v.garbled = v.garbled || p.file.guessed && !isASCII(text)
		return err
	case p.peek() == '-':
		return errors.New("it deletes a value, so it is a change and no export; leave such files out of the evidence")
	case p.skip("dword:"):
		digits := p.text[p.pos:min(p.pos+8, len(p.text))]
		n, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || len(digits) != 8 {
			return errors.New("dword: is not followed by eight hexadecimal digits")
		}
		p.pos += 8
		v.Type, v.Data = windows.RegDWORD, []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
		return nil
	case p.skip("hex:"):
		v.Type = windows.RegBinary
	case p.skip("hex("):
		digits, _, closed := strings.Cut(p.text[p.pos:min(p.pos+10, len(p.text))], "):")
		n, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || !closed {
			return errors.New("hex( is not followed by a type and its closing bracket with a colon")
		}
		p.pos += len(digits) + len("):")
		v.Type = windows.ValueType(n)
	default:
		return errors.New("a value is none of \"text\", dword:..., hex:... and hex(type):... in form")
	}
	data, err := p.hex()
	v.Data = data
	isText := v.Type == windows.RegSZ || v.Type == windows.RegExpandSZ || v.Type == windows.RegMultiSZ
	if err == nil && p.file.ansi && isText {
		v.garbled = v.garbled || !isASCII(string(data))
		v.Data = widen(data)
	}
	return err
}

// quoted reads a text in quotation marks, where \\ is a backslash and \" a quotation mark. It may span lines: regedit
// writes line ends in values as they are.
func (p *parser) quoted() (string, error) {
	var b strings.Builder
	line := p.line
	p.pos++
	for from := p.pos; p.pos < len(p.text); p.pos++ {
		switch p.text[p.pos] {
		case '\n':
			line++
		case '\\':
			b.WriteString(p.text[from:p.pos])
			p.pos++
			if c := p.peek(); c != '\\' && c != '"' {
				p.line = line
				return "", errors.New(`a backslash in a text is followed by neither \ nor "`)
			}
			from = p.pos
		case '"':
			b.WriteString(p.text[from:p.pos])
			p.pos++
			p.line = line
			return b.String(), nil
		}
	}
	return "", errors.New("a quotation mark is not closed")
}

// hex reads 01,02,... A backslash continues it on the next line.
func (p *parser) hex() ([]byte, error) {
	p.data = p.data[:0]
	for comma := false; ; {
		p.blanks()
		switch c := p.peek(); {
		case c == '\\':
			p.pos++
			p.blanks()
			if !p.newline() {
				return nil, errors.New("a backslash is not at the end of its line")
			}
			continue
		case c == '\r' || c == '\n' || c == ';' || p.pos >= len(p.text):
			if comma {
				return nil, errors.New("a comma is followed by nothing, so the value was cut short")
			}
			return append([]byte{}, p.data...), nil
		case len(p.data) > 0 && !comma:
			return nil, errors.New("bytes are not separated by commas")
		}
		high, low := p.digit(0), p.digit(1)
		if high < 0 || low < 0 {
			return nil, errors.New("a byte is not two hexadecimal digits")
		}
		p.data = append(p.data, byte(high<<4|low))
		p.pos += 2
		if comma = p.peek() == ','; comma {
			p.pos++
		}
	}
}

func (p *parser) digit(ahead int) int {
	if p.pos+ahead >= len(p.text) {
		return -1
	}
	switch c := p.text[p.pos+ahead]; {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// peek returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos >= len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *parser) skip(word string) bool {
	found := len(p.text)-p.pos >= len(word) && strings.EqualFold(p.text[p.pos:p.pos+len(word)], word)
	if found {
		p.pos += len(word)
	}
	return found
}

func (p *parser) blanks() {
	for p.peek() == ' ' || p.peek() == '\t' {
		p.pos++
	}
}

// newline moves behind the end of the line, if pos is at one.
func (p *parser) newline() bool {
	if p.peek() == '\r' {
		p.pos++
	}
	if p.peek() != '\n' {
		return false
	}
	p.pos++
	p.line++
	return true
}

// restOfLine moves to the end of the line and returns what is before it.
func (p *parser) restOfLine() string {
	rest := p.text[p.pos:]
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		rest = strings.TrimSuffix(rest[:end], "\r")
	}
	p.pos += len(rest)
	return rest
}

func utf16LE(text string) []byte {
	data := make([]byte, 0, 2*len(text)+2)
	for _, r := range text {
		if high, low := utf16.EncodeRune(r); high != '\uFFFD' {
			data = append(data, byte(high), byte(high>>8), byte(low), byte(low>>8))
		} else {
			data = append(data, byte(r), byte(r>>8))
		}
	}
	return append(data, 0, 0)
}

// widen turns single-byte characters into UTF-16LE.
func widen(data []byte) []byte {
	wide := make([]byte, 0, 2*len(data))
	for _, c := range data {
		wide = append(wide, c, 0)
	}
	return wide
}
