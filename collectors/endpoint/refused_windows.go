package endpoint

import "golang.org/x/sys/windows"

// What the operating system says of a connection that the other side refuses, or ends.
const (
	errRefused = windows.WSAECONNREFUSED
	errReset   = windows.WSAECONNRESET
	errAborted = windows.WSAECONNABORTED
)
