package windows

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// parseXML reads the documented keys wherever they stand, in the forms that .NET programs use:
//
//	<PortNumber>8391</PortNumber>
//	<add key="PortNumber" value="8391" />
//	<setting name="PortNumber"><value>8391</value></setting>
//
// A document type is refused, and with it every entity that it could define.
func (s settings) parseXML(text string, keys []string, marked bool) error {
	p := xmlParser{settings: s, keys: keys, decoder: xml.NewDecoder(strings.NewReader(text))}
	p.decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		// The text is UTF-8 by now. A byte order mark outranks the declaration; without one, ASCII is safe to take.
		if marked || isASCII(text) {
			return input, nil
		}
		return nil, fmt.Errorf("encoding %q", charset)
	}
	for {
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.malformed()
		}
		switch token := token.(type) {
		case xml.Directive:
			return errors.New("it has a document type (<!DOCTYPE ...>), which is not read")
		case xml.StartElement:
			if p.root {
				return errors.New("it has more than one outermost element")
			}
			p.root = true
			if _, _, err := p.element(token, 1); err != nil {
				return err
			}
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				return errors.New("it has text outside of its outermost element")
			}
		}
	}
}

type xmlParser struct {
	settings
	keys    []string
	decoder *xml.Decoder
	root    bool
}

func (p *xmlParser) malformed() error {
	line, _ := p.decoder.InputPos()
	return fmt.Errorf("it is not XML at line %d, or not in the encoding that it declares", line)
}

// element reads up to the end of the element that start opened. It returns the element's own text and, for <setting>,
// the text of its <value>; nil when there is none.
func (p *xmlParser) element(start xml.StartElement, depth int) (text string, value *string, err error) {
	if depth > maxDepth {
		return "", nil, fmt.Errorf("it is nested deeper than %d", maxDepth)
	}
	if err := onceEach(start.Attr); err != nil {
		return "", nil, err
	}
	var b strings.Builder
	children := 0
	for {
		token, err := p.decoder.Token()
		if err != nil {
			return "", nil, p.malformed()
		}
		switch token := token.(type) {
		case xml.Directive:
			return "", nil, errors.New("it has a document type (<!DOCTYPE ...>), which is not read")
		case xml.CharData:
			b.Write(token)
		case xml.StartElement:
			children++
			childText, _, err := p.element(token, depth+1)
			if err != nil {
				return "", nil, err
			}
			if strings.EqualFold(token.Name.Local, "value") {
				value = &childText
			}
		case xml.EndElement:
			return b.String(), value, p.take(start, b.String(), value, children)
		}
	}
}

// take records what a finished element says about a documented key.
func (p *xmlParser) take(start xml.StartElement, text string, value *string, children int) error {
	switch local := start.Name.Local; {
	case documented(p.keys, local) != "":
		if _, has := attribute(start, "value"); has || children > 0 {
			return fmt.Errorf("the element %s is in a form that is not known", documented(p.keys, local))
		}
		return p.set(p.keys, local, text)
	case strings.EqualFold(local, "add"):
		if key, has := attribute(start, "key"); has && documented(p.keys, key) != "" {
			content, has := attribute(start, "value")
			if !has {
				return fmt.Errorf("the element add of %s has no attribute value", documented(p.keys, key))
			}
			return p.set(p.keys, key, content)
		}
	case strings.EqualFold(local, "remove"):
		if key, has := attribute(start, "key"); has && documented(p.keys, key) != "" {
			return fmt.Errorf("it has an element remove of %s, whose meaning is not known", documented(p.keys, key))
		}
	case strings.EqualFold(local, "setting"):
		if name, has := attribute(start, "name"); has && documented(p.keys, name) != "" {
			if value == nil || children != 1 {
				return fmt.Errorf("the element setting of %s does not hold one element value", documented(p.keys, name))
			}
			return p.set(p.keys, name, *value)
		}
	}
	return nil
}

func attribute(e xml.StartElement, name string) (value string, there bool) {
	for _, a := range e.Attr {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value, true
		}
	}
	return "", false
}

// onceEach refuses an attribute that is there twice, which encoding/xml lets through.
func onceEach(attributes []xml.Attr) error {
	seen := map[string]bool{}
	for _, a := range attributes {
		name := strings.ToLower(a.Name.Space + " " + a.Name.Local)
		if seen[name] {
			return errors.New("it has an element with the same attribute twice")
		}
		seen[name] = true
	}
	return nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
