package regtest

import (
	"strings"

	"ssisaudit/collectors/windows"
)

// Settings are what the healthy machines' settings files say.
type Settings struct {
	SQLServerName    string // "ssis-lsnr.contoso.com,1433"
	MasterHost       string // "ssis-master.contoso.com"
	MasterThumbprint string
	WorkerThumbprint string
}

const binn = `C:\Program Files\Microsoft SQL Server\150\DTS\Binn\`

// Where the healthy machines' settings files are.
const (
	MasterSettingsPath = binn + "MasterSettings.config"
	WorkerSettingsPath = binn + "WorkerSettings.config"
)

// HealthyNode is a node of a two-node cluster that is set up as documented: SQL Server 2019, port 8391, the service
// account CONTOSO\svc-ssis, the master certificate (DER) in Root with a private key, the workers' certificates there
// without. SQLA and SQLB are the cluster's nodes; the service runs on SQLA.
func HealthyNode(hostName string, master []byte, workers [][]byte, s Settings) Machine {
	clientAccessPoint, _, _ := strings.Cut(s.MasterHost, ".")
	m := machine(hostName)
	state := windows.ServiceStopped
	if hostName == "SQLA" { // the role's owner
		state = windows.ServiceRunning
	}
	m.Services = []Service{
		{Name: "ClusSvc", State: windows.ServiceRunning, Account: "LocalSystem", Start: 2, ImagePath: `%SystemRoot%\Cluster\clussvc.exe -s`},
		{Name: "SSISScaleOutMaster150", Account: `CONTOSO\svc-ssis`, Start: 3,
			ImagePath: `"` + binn + `SSISScaleOutMaster.exe"`, State: state},
	}
	m.Root = []Stored{{DER: master, PrivateKey: true, FriendlyName: "SSIS Scale Out Master"}}
	for _, worker := range workers {
		m.Root = append(m.Root, Stored{DER: worker})
	}
	m.My = []Stored{}
	m.Bindings = []Binding{{Name: "0.0.0.0:8391", Hash: Hash(master), Store: "Root", AppID: []byte("ssis-scaleout-id"),
		Flags: 2}}
	m.Cluster = &Cluster{Name: "SSISCLU", Nodes: []string{"SQLA", "SQLB"},
		Groups: []Group{{ID: idGroup, Name: "SSIS Scale Out", Contains: []string{idService, idName, idAddress}}},
		Resources: []Resource{
			{ID: idService, Name: "SQL Server Integration Services Scale Out Master 15.0", Type: "Generic Service",
				Parameters: map[string]windows.Value{"ServiceName": SZ("SSISScaleOutMaster150")}},
			{ID: idName, Name: "ssis-master", Type: "Network Name", Parameters: map[string]windows.Value{
				"Name": SZ(strings.ToUpper(clientAccessPoint)), "DnsName": SZ(s.MasterHost), "HostRecordTTL": DWORD(1200)}},
			{ID: idAddress, Name: "IP Address 10.0.0.50", Type: "IP Address",
				Parameters: map[string]windows.Value{"Address": SZ("10.0.0.50")}},
		}}
	m.Files = map[string][]byte{MasterSettingsPath: []byte(`{
  "PortNumber": 8391,
  "SSLCertThumbprint": "` + s.MasterThumbprint + `",
  "SqlServerName": "` + s.SQLServerName + `",
  "CleanupCompletedJobsIntervalInMs": 43200000,
  "DealWithExpiredTasksIntervalInMs": 300000,
  "MasterHeartbeatIntervalInMs": 30000,
  "SqlConnectionTimeoutInSecs": 15
}`)}
	return m
}

// HealthyWorker is a worker that is set up as documented: the master's certificate in Root, its own in My with a
// private key.
func HealthyWorker(hostName string, worker, master []byte, s Settings) Machine {
	m := machine(hostName)
	m.Services = []Service{{Name: "SSISScaleOutWorker150", Account: `NT Service\SSISScaleOutWorker150`, Start: 2,
		ImagePath: `"` + binn + `SSISScaleOutWorker.exe"`, State: windows.ServiceRunning}}
	m.Root = []Stored{{DER: master}}
	m.My = []Stored{{DER: worker, PrivateKey: true, FriendlyName: "SSIS Scale Out Worker"}}
	m.Files = map[string][]byte{WorkerSettingsPath: []byte(`{
  "MasterEndpoint": "https://` + s.MasterHost + `:8391",
  "MasterHttpsCertThumbprint": "` + s.MasterThumbprint + `",
  "WorkerHttpsCertThumbprint": "` + s.WorkerThumbprint + `",
  "StoreLocation": "LocalMachine",
  "StoreName": "My",
  "AgentHeartbeatInterval": "00:01:00",
  "TaskHeartbeatInterval": "00:00:10",
  "MaxTaskCount": 10,
  "AgentId": "0f9a5b9c-7d5e-4b8e-9c3a-2f1d0e6b7a8c",
  "TasksRootFolder": "C:\\ProgramData\\SSIS\\Tasks"
}`)}
	return m
}

func machine(hostName string) Machine {
	return Machine{HostName: hostName, Domain: "contoso.com", ProductName: "Windows Server 2022 Datacenter",
		Build: "20348", Revision: 2340, DistinguishedName: "CN=" + hostName + ",OU=SQL Servers,DC=contoso,DC=com"}
}

const (
	idGroup   = "1b2f7c1e-0c6e-4c57-9a29-0b9f8f3f6a01"
	idService = "4d8a8d55-5d0e-4f0a-8b53-f2c8a4b41c02"
	idName    = "8f1a2f60-61d4-4a2e-8f8e-7b7cc0a5d203"
	idAddress = "c0ffee00-9d11-4a69-b6a7-3d6f7d3b1304"
)
