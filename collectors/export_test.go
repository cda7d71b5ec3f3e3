package collectors

// MasterAddress is for a test of what is not exported.
var MasterAddress = masterAddress
