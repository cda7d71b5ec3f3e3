package network

import "golang.org/x/sys/windows"

const errRefused = windows.WSAECONNREFUSED

var (
	errResets      = []error{windows.WSAECONNRESET, windows.WSAECONNABORTED}
	errUnreachable = []error{windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH}
)
