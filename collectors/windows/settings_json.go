package windows

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseJSON reads the documented keys from the root object or, where the root holds one object and nothing else, from
// that one. A documented key anywhere else is an error: what it means there is not known.
func (s settings) parseJSON(text string, keys []string) error {
	var syntax *json.SyntaxError
	if err := json.Unmarshal([]byte(text), new(json.RawMessage)); errors.As(err, &syntax) {
		offset := min(int(syntax.Offset), len(text))
		return fmt.Errorf("it is not JSON at line %d", 1+strings.Count(text[:offset], "\n"))
	} else if err != nil {
		return errors.New("it is not JSON")
	}
	p := jsonParser{settings: s, keys: keys, decoder: json.NewDecoder(strings.NewReader(text))}
	p.decoder.UseNumber()
	if _, err := p.decoder.Token(); err != nil { // the root's {
		return errors.New("it is not JSON")
	}
	if err := p.object(1); err != nil {
		return err
	}
	if p.foundInner && p.rootMembers > 1 {
		return errors.New("its documented keys are not in its outermost object, which holds more than the one they are in")
	}
	return nil
}

type jsonParser struct {
	settings
	keys        []string
	decoder     *json.Decoder
	rootMembers int
	foundInner  bool // a documented key was found in an object of the root
}

// object reads the members of an object at depth (the root is 1) up to and with its closing brace.
func (p *jsonParser) object(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested deeper than %d", maxDepth)
	}
	for p.decoder.More() {
		if depth == 1 {
			p.rootMembers++
		}
		token, err := p.decoder.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return errors.New("it is not JSON")
		}
		if name := documented(p.keys, key); name != "" {
			err = p.documentedValue(name, depth)
		} else {
			err = p.otherValue(depth)
		}
		if err != nil {
			return err
		}
	}
	_, err := p.decoder.Token()
	return err
}

func (p *jsonParser) documentedValue(name string, depth int) error {
	if depth > 2 {
		return fmt.Errorf("%s is in an inner object, where its meaning is not known", name)
	}
	p.foundInner = p.foundInner || depth == 2
	token, err := p.decoder.Token()
	if err != nil {
		return errors.New("it is not JSON")
	}
	switch value := token.(type) {
	case string:
		return p.set(p.keys, name, value)
	case json.Number:
		return p.set(p.keys, name, value.String())
	case bool:
		return p.set(p.keys, name, strconv.FormatBool(value))
	case nil:
		return p.set(p.keys, name, "")
	}
	return fmt.Errorf("the value of %s is neither a text nor a number", name)
}

// otherValue skips a value that is not the facts' business, looking into objects for misplaced documented keys.
func (p *jsonParser) otherValue(depth int) error {
	token, err := p.decoder.Token()
	if err != nil {
		return errors.New("it is not JSON")
	}
	switch token {
	case json.Delim('{'):
		return p.object(depth + 1)
	case json.Delim('['):
		if depth >= maxDepth {
			return fmt.Errorf("it is nested deeper than %d", maxDepth)
		}
		for p.decoder.More() {
			if err := p.otherValue(max(depth, 2) + 1); err != nil {
				return err
			}
		}
		_, err = p.decoder.Token()
	}
	return err
}
