package windows

import (
	"context"
	"time"

	"ssisaudit/collectors/facts"
)

const schannelKey = `SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

// readSchannel observes how the machine's TLS treats client certificates.
func readSchannel(ctx context.Context, m Machine, now func() time.Time) facts.Observation[facts.Schannel] {
	return observe(m, now, schannelKey, func() (s facts.Schannel, there bool, err error) {
		k, there, err := readKey(ctx, m, schannelKey, "SendTrustedIssuerList", "ClientAuthTrustMode")
		if err != nil || !there {
			return s, there, err
		}
		if s.SendTrustedIssuerList, err = k.number("SendTrustedIssuerList"); err == nil {
			s.ClientAuthTrustMode, err = k.number("ClientAuthTrustMode")
		}
		return s, true, err
	})
}
