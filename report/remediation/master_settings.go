package remediation

import (
	"regexp"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

var (
	masterPath  = regexp.MustCompile(`^[A-Za-z]:\\([^\\/:*?"<>|]+\\)*MasterSettings\.config$`)
	formatForm  = regexp.MustCompile(`^(json|xml)$`)
	settingForm = regexp.MustCompile(`^[A-Za-z0-9._\\,:/-]{1,255}$`)
	masterKey   = regexp.MustCompile(`^(SqlServerName|InstanceName|PortNumber|SSLCertThumbprint|CleanupCompletedJobsIntervalInMs|` +
		`DealWithExpiredTasksIntervalInMs|MasterHeartbeatIntervalInMs|SqlConnectionTimeoutInSecs)$`)
)

// masterField is where the facts have a key.
func masterField(s *facts.MasterSettings, key string) *string {
	return map[string]*string{
		"SqlServerName": &s.SQLServerName, "InstanceName": &s.SQLServerName, "PortNumber": &s.PortNumber,
		"SSLCertThumbprint":                &s.SSLCertThumbprint,
		"CleanupCompletedJobsIntervalInMs": &s.CleanupCompletedJobsIntervalInMs,
		"DealWithExpiredTasksIntervalInMs": &s.DealWithExpiredTasksIntervalInMs,
		"MasterHeartbeatIntervalInMs":      &s.MasterHeartbeatIntervalInMs,
		"SqlConnectionTimeoutInSecs":       &s.SQLConnectionTimeoutInSecs,
	}[key]
}

// editSettings is for both settings files; file is where a thumbprint comes from that is not known yet.
func editSettings(v values, from, to, file string) call {
	return call{function: "Set-SettingsKey", arguments: []argument{
		{"Path", verbatim(v["path"])}, {"Format", verbatim(v["format"])}, {"Key", verbatim(v["key"])},
		{"From", settingOf(from, file)}, {"To", settingOf(to, file)},
	}}
}

// settingOf is a setting's value in a script.
func settingOf(value, file string) expression {
	if value == pendingThumbprint(file) {
		return thumbprintOf(value, file)
	}
	return exact(value)
}

var setMasterSetting = action{
	name: "set-master-setting", place: onNode, stage: stageNodes, order: orderFiles,
	parameters: []parameter{
		{"path", every(text, form(`a path like C:\...\MasterSettings.config`, masterPath))},
		{"format", form("json or xml", formatForm)}, {"key", form("a documented key", masterKey)},
		{"value", form("a plain value", settingForm)}, {"audited", stored},
	},
	object: []string{"key"},
	asks:   func(v values) []Question { return asksExchange(v["value"], masterFile) },
	right:  "local administrator",
	title: func(v values) string {
		return "set " + v["key"] + " in MasterSettings.config to " + shownThumbprint(v["value"], masterFile)
	},
	note:     "The old file stays beside the new one, with the time in its name and the ending .bak.",
	call:     func(v values) call { return editSettings(v, v["audited"], v["value"], masterFile) },
	back:     func(v values) call { return editSettings(v, v["value"], v["audited"], masterFile) },
	requires: func(s subject, _ values) ([]policies.Remediation, error) { return s.restartedRole() },
	effect: func(s subject, v values) {
		*masterField(value(&s.node().MasterSettings), v["key"]) = v["value"]
	},
	reverse: func(s subject, v values) {
		*masterField(value(&s.node().MasterSettings), v["key"]) = v["audited"]
	},
}
