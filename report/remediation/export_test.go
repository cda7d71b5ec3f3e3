package remediation

// Batches splits a script as sqlcmd does.
var Batches = batches

// SampleScripts are the T-SQL scripts of all samples, and their undo scripts.
func SampleScripts() (list []string, err error) {
	for _, s := range samples {
		if a, err := find(s); err != nil || a.onMachine() {
			continue
		}
		do, undo, err := scriptOf(s, "SQLB")
		if err != nil {
			return nil, err
		}
		list = append(list, do, undo)
	}
	return list, nil
}
