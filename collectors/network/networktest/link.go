// Package networktest puts the network between a client and a server of a test: Shopify's toxiproxy, in this process.
package networktest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Link leads to the server at target through a link on which every byte takes that long in each direction, in whole
// milliseconds, until the test ends. It returns the address of its near end. Connecting itself takes no time: what
// connects waits one round trip less than over a real link.
func Link(tb testing.TB, target string, oneWay time.Duration) string {
	tb.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, target, "127.0.0.1:0", target)
	for _, direction := range []string{"upstream", "downstream"} {
		toxic := fmt.Sprintf(`{"type": "latency", "stream": %q, "attributes": {"latency": %d}}`, direction, oneWay.Milliseconds())
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			tb.Fatalf("slowing down the link to %s: %v", target, err)
		}
	}
	if err := proxy.Start(); err != nil {
		tb.Fatalf("starting the link to %s: %v", target, err)
	}
	tb.Cleanup(proxy.Stop)
	return proxy.Listen
}
