package rpc_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"ssisaudit/collectors/windows/smb/rpc"
	"ssisaudit/collectors/windows/smb/rpc/rpctest"
)

var someService = rpc.Interface{1, 2, 3, 4}

func TestAnswersToABindThatAreRefused(t *testing.T) {
	good := rpctest.Accept(1)
	change := func(at int, with ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], with)
		return b
	}
	for name, c := range map[string]struct {
		answer []byte
		says   string
	}{
		"nothing":                          {nil, "closed the pipe"},
		"a part of one":                    {good[:30], "closed the pipe"},
		"another version of RPC":           {change(0, 4), "RPC version 4.0"},
		"big-endian numbers":               {change(4, 0), "instead of little-endian"},
		"a fragment shorter than a header": {change(8, 15, 0), "a fragment of 15 bytes"},
		"a fragment longer than agreed":    {change(8, 0xb9, 0x10), "a fragment of 4281 bytes"},
		"authentication":                   {change(10, 8, 0), "8 bytes of authentication"},
		"the answer to another call":       {change(12, 2), "call 2 instead of 1"},
		"a response":                       {change(2, rpctest.Response), "a PDU of type 2"},
		"a part of an answer":              {change(3, rpctest.First), "incomplete"},
		"tiny fragments":                   {change(18, 16, 0), "fragments of 16 bytes only"},
		"an address beyond the end":        {change(24, 0xff, 0xff), "ends early"},
		"two results":                      {change(40, 2), "2 results"},
		"a rejected interface":             {change(44, 2, 0, 1, 0), "result 2, reason 1"},
		"another transfer syntax":          {change(48, 9), "was not offered"},
		"a refusal":                        {rpctest.Fragment(rpctest.BindNak, 3, 1, 4, 0), "reason 4"},
		"a refusal without a reason":       {rpctest.Fragment(rpctest.BindNak, 3, 1), "type 13"},
		"a fault without a status":         {rpctest.Fragment(rpctest.Fault, 3, 1, 1, 2), "without a status"},
	} {
		p := &rpctest.Peer{Answers: []rpctest.Answer{func(uint32) []byte { return c.answer }}}
		if _, err := rpc.Bind(p, someService); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	if _, err := rpc.Bind(&rpctest.Peer{Answers: []rpctest.Answer{func(uint32) []byte { return good }}}, someService); err != nil {
		t.Errorf("the unchanged answer: %v", err) // else nothing above means anything
	}
}

func TestAPipeThatReadsNothingForEverIsGivenUp(t *testing.T) {
	_, err := rpc.Bind(muted{}, someService)
	if !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

type muted struct{}

func (muted) Write(b []byte) (int, error) { return len(b), nil }
func (muted) Read([]byte) (int, error)    { return 0, nil }
func (muted) Close() error                { return nil }
