package remediation

import (
	"errors"
	"fmt"
	"regexp"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

var (
	workerPath = regexp.MustCompile(`^[A-Za-z]:\\([^\\/:*?"<>|]+\\)*WorkerSettings\.config$`)
	workerKey  = regexp.MustCompile(`^(MasterEndpoint|MasterHttpsCertThumbprint|WorkerHttpsCertThumbprint)$`)
	workerForm = regexp.MustCompile(`(?i)^SSISScaleOutWorker(140|150|160)$`)
)

// workerSetting is the check of a value: an address or a thumbprint.
func workerSetting(value string) error {
	if !urlForm.MatchString(value) && !thumbprintForm.MatchString(value) {
		return errors.New("it is neither https://<host>:<port> nor 40 hexadecimal digits")
	}
	return nil
}

// workerField is where the facts have a key.
func workerField(s *facts.WorkerSettings, key string) *string {
	return map[string]*string{
		"MasterEndpoint":            &s.MasterEndpoint,
		"MasterHttpsCertThumbprint": &s.MasterHTTPSCertThumbprint,
		"WorkerHttpsCertThumbprint": &s.WorkerHTTPSCertThumbprint,
	}[key]
}

// thumbprintFile is where the thumbprint comes from, if it is not known yet.
func thumbprintFile(v values) string {
	if v["key"] == "WorkerHttpsCertThumbprint" {
		return workerFile(v["worker"])
	}
	return masterFile
}

var setWorkerSetting = action{
	name: "set-worker-setting", place: onWorker, stage: stageWorkers, order: orderFiles,
	parameters: []parameter{
		{"worker", text},
		{"path", every(text, form(`a path like C:\...\WorkerSettings.config`, workerPath))},
		{"format", form("json or xml", formatForm)}, {"key", form("a documented key", workerKey)},
		{"value", workerSetting}, {"audited", stored},
	},
	object: []string{"key"},
	asks:   func(v values) []Question { return asksExchange(v["value"], thumbprintFile(v)) },
	right:  "local administrator",
	title: func(v values) string {
		return "set " + v["key"] + " in WorkerSettings.config to " + shownThumbprint(v["value"], thumbprintFile(v))
	},
	note:     "The old file stays beside the new one, with the time in its name and the ending .bak.",
	call:     func(v values) call { return editSettings(v, v["audited"], v["value"], thumbprintFile(v)) },
	back:     func(v values) call { return editSettings(v, v["value"], v["audited"], thumbprintFile(v)) },
	requires: func(s subject, _ values) ([]policies.Remediation, error) { return s.restartedWorker() },
	effect: func(s subject, v values) {
		*workerField(value(&s.worker().WorkerSettings), v["key"]) = v["value"]
	},
	reverse: func(s subject, v values) {
		*workerField(value(&s.worker().WorkerSettings), v["key"]) = v["audited"]
	},
}

// restartedWorker is the restart that a change on a worker makes necessary.
func (s subject) restartedWorker() ([]policies.Remediation, error) {
	list := restartsOf(*s.worker())
	if list == nil {
		return nil, fmt.Errorf("the Scale Out Worker's service on %s, which would have to be restarted, was not observed", s.target)
	}
	return list, nil
}

// restartedWorkers are the restarts of all workers whose service was seen.
func (s subject) restartedWorkers() []policies.Remediation {
	var list []policies.Remediation
	for _, w := range s.doc.Workers {
		list = append(list, restartsOf(w)...)
	}
	return list
}

// restartsOf is the restart of a worker, or nothing where its service or its name was not seen.
func restartsOf(w facts.Worker) []policies.Remediation {
	service := w.WorkerService.Value
	if _, err := machine(w.Name, w.Identity); err != nil || service == nil || !workerForm.MatchString(service.Name) {
		return nil
	}
	return []policies.Remediation{{Action: restartWorker.name, Target: w.Name,
		Parameters: map[string]string{"service": service.Name}}}
}

// restartWorker is a plain restart, for a worker is in no cluster. What is known of a worker when it has started anew, the
// next audit tells.
var restartWorker = action{
	name: "restart-worker", place: onWorker, stage: stageWorkers, order: orderRestart,
	parameters: []parameter{{"service", form("a service SSISScaleOutWorker140, 150 or 160", workerForm)}},
	right:      "local administrator",
	restarts:   theWorker,
	repeats:    true,
	title:      func(v values) string { return "restart " + v["service"] },
	note:       "It is restarted each time the script is run. A service that does not run is not started.",
	call: func(v values) call {
		return call{function: "Restart-ScaleOutWorker", arguments: []argument{{"Service", verbatim(v["service"])}}}
	},
	back:   func(values) call { return call{none: "a restart is not taken back"} },
	effect: func(subject, values) {},
}
