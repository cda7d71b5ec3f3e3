//go:build !windows

package native

import (
	"context"
	"errors"

	"ssisaudit/collectors/windows"
)

// Open says that there is no native way on this system. On Windows its argument is a host name or address.
func Open(context.Context, string) (windows.Machine, error) {
	return nil, errors.New("the native way works on Windows only; set windows.via to smb")
}
