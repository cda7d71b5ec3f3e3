package remediation

import "slices"

// actions are all there are.
var actions = slices.Concat(
	[]action{enableCLR, storeMasterKeyPassword},
	[]action{createLogin, enableLogin, createLoggingLogin},
	[]action{grantAdmin, repairLoggingUser},
	[]action{updateLogDBInfo, enableWorker, setMasterAddress},
	[]action{setMasterSetting},
	[]action{addListener, setAutomaticFailover, setManualSeeding},
	[]action{runAtStartup, enableJob, trustAssembly},
	[]action{recreateLoggingLogin, setLoggingPassword, allowSQLLogins, grantWorkerRole},
	[]action{newMasterCertificate, exportMasterCertificate, importMasterCertificate, bindMasterCertificate},
	[]action{restartRole},
	[]action{setWorkerSetting, restartWorker, newWorkerCertificate, exportWorkerCertificate, trustWorkerCertificate},
	[]action{exportMasterPublic, trustMasterCertificate},
	[]action{setServiceAccount, setStartType, stopStrayMaster, openMasterPort, relaxClientTrust},
	[]action{createMasterRole, replaceMasterRole, setNetworkNameParameters},
)

// The order of actions in one script.
const (
	orderSettings = iota
	orderLogins
	orderUsers
	orderLogging
	orderWorkers
	orderAddress
)

const (
	orderCertificates = iota
	orderService
	orderFiles
	orderBindings
	orderRole
	orderNetworkName
	orderRestart
)

var (
	loggingPassword = Question{Name: "LoggingPassword", Kind: "secret",
		Help: "the password of ##MS_SSISLogDBWorkerAgentLogin##"}
	masterKeyPassword = Question{Name: "MasterKeyPassword", Kind: "secret",
		Help: "the password of SSISDB's database master key, given when the catalog was created"}
)
