package facts

// Endpoint is one TLS endpoint, as seen from where the audit ran.
type Endpoint struct {
	// Name is "master" for the Scale Out Master's endpoint.
	Name string `json:"name"`
	// Host and Port are the address as clients use it. Host is empty when nothing said what it is.
	Host string `json:"host"`
	Port int    `json:"port"`
	// TLS is what the server showed in a handshake. Absent: the address answered, but not with TLS, or refused the connection.
	TLS Observation[TLS] `json:"tls"`
}

// TLS is what a server showed in a handshake.
type TLS struct {
	// Protocol is "TLS 1.0" ... "TLS 1.3".
	Protocol string `json:"protocol"`
	// ClientCertificateRequested says whether the server asked for a client certificate.
	ClientCertificateRequested bool `json:"client_certificate_requested"`
	// Certificate is the server's own (the leaf).
	Certificate Certificate `json:"certificate"`
}

// Name is one DNS name.
type Name struct {
	// Name is what the name is for: "listener" or "master".
	Name string `json:"name"`
	// Host is the DNS name; empty when nothing said what it is.
	Host string `json:"host"`
	// Addresses are its IP addresses, sorted. Failed, never absent, where the name does not resolve: it may elsewhere.
	Addresses Observation[[]string] `json:"addresses"`
}
