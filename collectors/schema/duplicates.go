package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// refuseDuplicateKeys refuses objects with the same key twice: readers disagree about which of the two counts, so that
// a list of findings could be hidden behind a second, harmless one.
func refuseDuplicateKeys(data []byte) error {
	var stack []level
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			stack = stack[:len(stack)-1]
			continue
		}
		if len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.keys != nil && !top.inValue {
				top.step, top.inValue = token.(string), true
				if top.keys[top.step] {
					return fmt.Errorf("%s: the key is there twice", clip(pathOf(stack)))
				}
				top.keys[top.step] = true
				continue
			}
			top.inValue = false
			top.index++
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, level{keys: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, level{})
		}
	}
}

// level is an object or array that is being read.
type level struct {
	keys    map[string]bool // those seen so far; nil in an array
	step    string          // the key of the latest value
	inValue bool            // the key was read, its value was not
	index   int             // how many values were read
}

func pathOf(stack []level) string {
	var steps []string
	for _, l := range stack {
		if l.keys == nil {
			l.step = strconv.Itoa(l.index - 1)
		}
		steps = append(steps, l.step)
	}
	return Path(steps)
}
