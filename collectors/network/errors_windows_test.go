package network_test

import "syscall"

var unreachable = []syscall.Errno{10065, 10051} // WSAEHOSTUNREACH, WSAENETUNREACH

const timedOut = syscall.Errno(10060) // WSAETIMEDOUT
