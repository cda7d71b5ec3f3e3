package windows

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"ssisaudit/collectors/facts"
)

// ServiceState is the state of a service, by the names of [MS-SCMR] 2.2.47 in lower case.
type ServiceState string

// The states of a service.
const (
	ServiceStopped         ServiceState = "stopped"
	ServiceStartPending    ServiceState = "start_pending"
	ServiceStopPending     ServiceState = "stop_pending"
	ServiceRunning         ServiceState = "running"
	ServiceContinuePending ServiceState = "continue_pending"
	ServicePausePending    ServiceState = "pause_pending"
	ServicePaused          ServiceState = "paused"
)

// ServiceStates are the states by their number, from 1.
var ServiceStates = []ServiceState{ServiceStopped, ServiceStartPending, ServiceStopPending, ServiceRunning,
	ServiceContinuePending, ServicePausePending, ServicePaused}

// ServiceStateOf names a state that the Service Control Manager gives as a number.
func ServiceStateOf(number uint32) (ServiceState, error) {
	if number < 1 || number > uint32(len(ServiceStates)) {
		return "", fmt.Errorf("its state is %d, which is none that Windows knows", number)
	}
	return ServiceStates[number-1], nil
}

// stateLook is what a machine said of one service's state.
type stateLook struct {
	state ServiceState
	err   error
	at    time.Time
}

// readStates asks for the states of all versions of a kind of service ("SSISScaleOutMaster"). Which of them counts is
// told later: nothing waits for it here.
func readStates(ctx context.Context, m Machine, now func() time.Time, kind string) map[string]stateLook {
	names := serviceNames(kind)
	looks := make([]stateLook, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			state, err := m.ServiceState(ctx, name)
			looks[i] = stateLook{state, err, now()}
		})
	}
	wg.Wait()
	byName := make(map[string]stateLook, len(names))
	for i, name := range names {
		byName[name] = looks[i]
	}
	return byName
}

// masterState observes the state of the service that was found installed.
func masterState(m Machine, now func() time.Time, service facts.Observation[facts.Service],
	looks map[string]stateLook) facts.Observation[facts.ServiceState] {
	switch service.Status {
	case facts.Observed:
	case facts.Absent:
		return facts.NotThere[facts.ServiceState]("no Scale Out Master service, so no state of it: "+service.Source, now())
	default:
		return facts.Fail[facts.ServiceState](facts.Following(fmt.Errorf("whose state to look at follows from the Scale Out "+
			"Master service, which is not known: %s", service.Error), service.Lacks), service.Source, now())
	}
	for _, other := range service.Value.OtherVersions {
		if look := looks[other]; !errors.Is(look.err, fs.ErrNotExist) && (look.err != nil || look.state != ServiceStopped) {
			return facts.Fail[facts.ServiceState](fmt.Errorf("%s is installed too, and %s; stop and uninstall the version that "+
				"is not used, or the state of %s alone tells too little", other, aboutState(look), service.Value.Name),
				m.WhereService(other), look.at)
		}
	}
	name := service.Value.Name
	look, source := looks[name], m.WhereService(name)
	switch {
	case errors.Is(look.err, fs.ErrNotExist):
		return facts.NotThere[facts.ServiceState](source, look.at)
	case look.err != nil:
		return facts.Fail[facts.ServiceState](cannotRead("the state of "+name, look.err), source, look.at)
	}
	return facts.Observe(facts.ServiceState{Service: name, State: string(look.state)}, source, look.at)
}

func aboutState(look stateLook) string {
	if look.err != nil {
		return "its state could not be read"
	}
	return "it is " + string(look.state)
}
