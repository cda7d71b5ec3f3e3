package collectors

// For tests of what is not exported.
var (
	MasterAddress   = masterAddress
	WithoutUserinfo = withoutUserinfo
)
