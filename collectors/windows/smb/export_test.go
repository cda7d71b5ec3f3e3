package smb

// Trips is how many round trips on pipes a machine has taken.
func Trips(m *Machine) int64 { return m.trips.Load() }
