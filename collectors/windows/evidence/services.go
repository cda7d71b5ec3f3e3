package evidence

import (
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"

	"ssisaudit/collectors/windows"
)

// servicesFile holds the states of services, as PowerShell's Export-Csv writes them:
//
//	Get-Service SSISScaleOut* | Select-Object Name, Status | Export-Csv services.csv -NoTypeInformation
const servicesFile = "services.csv"

const exportServices = "Get-Service SSISScaleOut* | Select-Object Name, Status | Export-Csv " + servicesFile +
	" -NoTypeInformation, in PowerShell"

// statusNames are .NET's names of the states (ServiceControllerStatus), which no language translates.
var statusNames = map[string]windows.ServiceState{
	"stopped": windows.ServiceStopped, "startpending": windows.ServiceStartPending, "stoppending": windows.ServiceStopPending,
	"running": windows.ServiceRunning, "continuepending": windows.ServiceContinuePending,
	"pausepending": windows.ServicePausePending, "paused": windows.ServicePaused,
}

// ServiceState is windows.Machine's. A service that the file does not list is an error and never fs.ErrNotExist: nobody
// knows of which services it was made.
func (m *Machine) ServiceState(ctx context.Context, service string) (windows.ServiceState, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	names, err := m.walk(".", []string{servicesFile})
	if err != nil {
		return "", fmt.Errorf("cannot look for %s in the evidence folder %s: %w", servicesFile, m.dir, notAbsent(err))
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%s is not in the evidence folder %s; make it on the machine (%s)", servicesFile, m.dir,
			exportServices)
	}
	content, err := m.readSame(names)
	if err != nil {
		return "", err
	}
	states, err := parseServices(content)
	if err != nil {
		return "", fmt.Errorf("cannot use %s: %w; make it again on the machine (%s)", filepath.Join(m.dir, names[0]), err,
			exportServices)
	}
	state, ok := states[strings.ToLower(service)]
	if !ok {
		return "", fmt.Errorf("%s does not list %s; make it again on the machine (%s)", filepath.Join(m.dir, names[0]), service,
			exportServices)
	}
	return state, nil
}

// WhereService is windows.Machine's.
func (m *Machine) WhereService(service string) string {
	return filepath.Join(m.dir, servicesFile) + " " + service
}

// parseServices returns the states that a file of Export-Csv lists, by the services' names in lower case.
func parseServices(content []byte) (map[string]windows.ServiceState, error) {
	text, _, err := exportText(content)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(text, "#TYPE") { // without -NoTypeInformation
		_, text, _ = strings.Cut(text, "\n")
	}
	rows := csv.NewReader(strings.NewReader(text))
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("it has no line with the names of its columns (%w)", err)
	}
	name, status := column(header, "Name"), column(header, "Status")
	if name < 0 || status < 0 {
		return nil, fmt.Errorf("its columns are %q and not Name and Status, with commas between them", header)
	}
	lines, err := rows.ReadAll()
	if err != nil {
		return nil, err
	}
	states := map[string]windows.ServiceState{}
	for _, line := range lines {
		service := strings.ToLower(line[name])
		state, ok := statusNames[strings.ToLower(line[status])]
		switch {
		case !ok:
			return nil, fmt.Errorf("the status %q of %q is none that Windows knows", line[status], line[name])
		case states[service] != "" && states[service] != state:
			return nil, fmt.Errorf("it lists %q twice, in different states", line[name])
		}
		states[service] = state
	}
	return states, nil
}

func column(header []string, name string) int {
	for i, title := range header {
		if strings.EqualFold(strings.TrimSpace(title), name) {
			return i
		}
	}
	return -1
}
