package windows

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/secret"
)

// The documented keys of the two files. Only these ever leave parseSettings: others may be secrets.
var (
	masterKeys = []string{"SqlServerName", "InstanceName", "PortNumber", "SSLCertThumbprint",
		"CleanupCompletedJobsIntervalInMs", "DealWithExpiredTasksIntervalInMs", "MasterHeartbeatIntervalInMs",
		"SqlConnectionTimeoutInSecs"}
	workerKeys = []string{"MasterEndpoint", "MasterHttpsCertThumbprint", "WorkerHttpsCertThumbprint", "StoreLocation",
		"StoreName", "AgentHeartbeatInterval", "TaskHeartbeatInterval", "MaxTaskCount", "AgentId", "TasksRootFolder"}
)

// readMasterSettings observes MasterSettings.config in the folder of the master service's program.
func readMasterSettings(ctx context.Context, m Machine, now func() time.Time,
	service facts.Observation[facts.Service]) facts.Observation[facts.MasterSettings] {
	return readSettings(ctx, m, now, service, "Scale Out Master", "MasterSettings.config", masterKeys, masterSettingsOf)
}

// readWorkerSettings observes WorkerSettings.config in the folder of the worker service's program.
func readWorkerSettings(ctx context.Context, m Machine, now func() time.Time,
	service facts.Observation[facts.Service]) facts.Observation[facts.WorkerSettings] {
	return readSettings(ctx, m, now, service, "Scale Out Worker", "WorkerSettings.config", workerKeys, workerSettingsOf)
}

func masterSettingsOf(path string, s settings) (facts.MasterSettings, error) {
	f := facts.MasterSettings{
		Path:                             path,
		Format:                           s.format,
		SQLServerName:                    s.shown("SqlServerName"),
		PortNumber:                       s.shown("PortNumber"),
		SSLCertThumbprint:                s.shown("SSLCertThumbprint"),
		CleanupCompletedJobsIntervalInMs: s.shown("CleanupCompletedJobsIntervalInMs"),
		DealWithExpiredTasksIntervalInMs: s.shown("DealWithExpiredTasksIntervalInMs"),
		MasterHeartbeatIntervalInMs:      s.shown("MasterHeartbeatIntervalInMs"),
		SQLConnectionTimeoutInSecs:       s.shown("SqlConnectionTimeoutInSecs"),
	}
	name, named := s.values["SqlServerName"]
	old, oldNamed := s.values["InstanceName"]
	switch {
	case named && oldNamed && name != old:
		return f, errors.New("it has SqlServerName and InstanceName with different values, and builds differ in which " +
			"they use; remove the wrong one")
	case named:
		f.SQLServerNameKey = "SqlServerName"
	case oldNamed:
		f.SQLServerName, f.SQLServerNameKey = s.shown("InstanceName"), "InstanceName"
	}
	return f, nil
}

func workerSettingsOf(path string, s settings) (facts.WorkerSettings, error) {
	return facts.WorkerSettings{
		Path:                      path,
		Format:                    s.format,
		MasterEndpoint:            s.shown("MasterEndpoint"),
		MasterHTTPSCertThumbprint: s.shown("MasterHttpsCertThumbprint"),
		WorkerHTTPSCertThumbprint: s.shown("WorkerHttpsCertThumbprint"),
		StoreLocation:             s.shown("StoreLocation"),
		StoreName:                 s.shown("StoreName"),
		AgentHeartbeatInterval:    s.shown("AgentHeartbeatInterval"),
		TaskHeartbeatInterval:     s.shown("TaskHeartbeatInterval"),
		MaxTaskCount:              s.shown("MaxTaskCount"),
		AgentID:                   s.shown("AgentId"),
		TasksRootFolder:           s.values["TasksRootFolder"],
	}, nil
}

// readSettings observes the settings file beside a service's program. Without the service there is no such file; with
// a service that could not be read, nobody knows where it is.
func readSettings[T any](ctx context.Context, m Machine, now func() time.Time,
	service facts.Observation[facts.Service], product, name string, keys []string,
	factsOf func(path string, s settings) (T, error)) facts.Observation[T] {
	at := now()
	switch service.Status {
	case facts.Observed:
	case facts.Absent:
		return facts.NotThere[T](fmt.Sprintf("no %s service, so no %s: %s", product, name, service.Source), at)
	default:
		return facts.Fail[T](facts.Following(fmt.Errorf("where %s is follows from the %s service, which is not known: %s", name,
			product, service.Error), service.Lacks), service.Source, at)
	}
	folder, err := imageFolder(service.Value.ImagePath)
	if err != nil {
		return facts.Fail[T](fmt.Errorf("cannot tell the folder of %s from ImagePath %q of %s: %w", name,
			service.Value.ImagePath, service.Source, err), service.Source, at)
	}
	path := folder + `\` + name
	return observe(m, now, path, func() (value T, there bool, err error) {
		content, err := m.File(ctx, path)
		if errors.Is(err, fs.ErrNotExist) {
			return value, false, nil
		}
		if err != nil {
			return value, false, cannotRead(m.Where(path), err)
		}
		s, err := parseSettings(content, keys)
		if err == nil {
			value, err = factsOf(path, s)
		}
		if err != nil {
			err = fmt.Errorf("cannot use %s: %w", m.Where(path), err)
		}
		return value, true, err
	})
}

// settings are the documented keys that a settings file has, by their documented spelling.
type settings struct {
	format string // json or xml
	values map[string]string
}

// shown is what the facts may hold of a value: one that is more than a name may be a connection string.
func (s settings) shown(key string) string { return secret.Address(s.values[key]) }

// set records a value for key if it is one of the documented ones; the same key a second time is an error, for
// there is no telling which of them the service takes.
func (s settings) set(keys []string, key, value string) error {
	name := documented(keys, key)
	if name == "" {
		return nil
	}
	if _, twice := s.values[name]; twice {
		return fmt.Errorf("%s is in it twice; remove the wrong one", name)
	}
	s.values[name] = value
	return nil
}

// documented returns the documented spelling of key, "" if it is none of keys.
func documented(keys []string, key string) string {
	for _, name := range keys {
		if strings.EqualFold(name, key) {
			return name
		}
	}
	return ""
}

// maxDepth is how deep objects and elements may be nested in a settings file.
const maxDepth = 32

// parseSettings reads MasterSettings.config or WorkerSettings.config. Microsoft does not publish their format: the
// first character decides between JSON and XML. Errors never quote the content.
func parseSettings(content []byte, keys []string) (settings, error) {
	if len(content) > MaxFile {
		return settings{}, fmt.Errorf("it has %d bytes, more than %d", len(content), MaxFile)
	}
	text, marked, err := settingsText(content)
	if err != nil {
		return settings{}, err
	}
	s := settings{values: map[string]string{}}
	switch start := strings.TrimLeft(text, " \t\r\n"); {
	case start == "":
		return s, errors.New("it is empty")
	case start[0] == '{':
		s.format = "json"
		err = s.parseJSON(start, keys)
	case start[0] == '<':
		s.format = "xml"
		err = s.parseXML(start, keys, marked)
	default:
		return s, errors.New("it begins neither like JSON ({) nor like XML (<)")
	}
	if err == nil && len(s.values) == 0 {
		err = fmt.Errorf("it has none of the documented keys (%s, ...)", keys[0])
	}
	return s, err
}
