package report

import "fmt"

// stepTitles name the steps of the documented setup, whose numbers rules carry. 10 and 11 are the catalogue's own.
var stepTitles = map[int]string{
	1:  "Prerequisites",
	2:  "Master on the primary node",
	3:  "Master on every secondary node",
	4:  "SSISDB in an availability group, with a listener",
	5:  "SqlServerName in MasterSettings.config",
	6:  "Logging",
	7:  "Cluster role",
	8:  "Master address",
	9:  "Workers",
	10: "Beyond the document",
	11: "Upgrade",
}

// StepHeading names a step as reports do: "Step 7: Cluster role".
func StepHeading(step int) string {
	if title, ok := stepTitles[step]; ok {
		return fmt.Sprintf("Step %d: %s", step, title)
	}
	return fmt.Sprintf("Step %d", step)
}
