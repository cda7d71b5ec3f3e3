# METADATA
# title: The master endpoint offers TLS 1.2 or later
# description: >-
#   A handshake that accepts TLS 1.0 to 1.3 ends with TLS 1.2 or 1.3.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/windows/win32/secauthn/protocols-in-tls-ssl--schannel-ssp-
# custom:
#   id: HA-10.2
#   severity: low
#   topologies: [availability-group, failover-cluster-instance]
#   subject: endpoint
#   needs: ["endpoints[].tls"]
#   rationale: >-
#     Windows is switching TLS 1.0 and 1.1 off. A worker that has done so no longer gets through to a master that
#     offers nothing else.
#   fix: >-
#     On every master node, take away what switches TLS 1.2 off for servers: under
#     `HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server`, set the DWORDs
#     `Enabled` to 1 and `DisabledByDefault` to 0, or remove the key; then restart the machine.
package ssisha.step10.tls_version

# Other names are not known to be older or newer.
recent := {"TLS 1.0": false, "TLS 1.1": false, "TLS 1.2": true, "TLS 1.3": true}

checks contains {
	"subject": endpoint.name,
	"compliant": recent[endpoint.tls.value.protocol],
	"message": sprintf("%s:%d offers nothing later than %s.", [endpoint.host, endpoint.port, endpoint.tls.value.protocol]),
	"expected": "TLS 1.2 or TLS 1.3",
	"actual": endpoint.tls.value.protocol,
} if {
	some endpoint in input.endpoints
}

not_applicable contains {"subject": endpoint.name, "reason": "nothing answers TLS there (HA-8.6)"} if {
	some endpoint in input.endpoints
	endpoint.tls.status == "absent"
}
