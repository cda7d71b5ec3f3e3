package smb

// Status codes that decisions are made by, [MS-ERREF] 2.3.
const (
	statusStoppedOnSymlink   = 0x8000002D
	statusAccessDenied       = 0xC0000022
	statusNameNotFound       = 0xC0000034
	statusPipeNotAvailable   = 0xC00000AC
	statusNotSupported       = 0xC00000BB
	statusBadNetworkName     = 0xC00000CC
	statusRequestNotAccepted = 0xC00000D0
)

// refusal is what a status code means here and what to do about it. {machine} and {account} are filled in.
type refusal struct {
	why, do string
	denied  bool // the machine refuses us, as against: it cannot
}

// pipeRefusal is what statusNameNotFound and statusPipeNotAvailable mean for the pipe winreg.
var pipeRefusal = refusal{"the Remote Registry service is not available",
	"start the service RemoteRegistry on {machine} (startup type Automatic or Manual), or audit exported files instead", false}

// managerRefusal is what they mean for the pipe svcctl.
var managerRefusal = refusal{"its Service Control Manager does not answer over the network",
	"check that nothing on {machine} keeps the named pipe svcctl from being opened, or audit exported files instead", false}

var refusals = map[uint32]refusal{
	// Signing on.
	statusAccessDenied: {"access denied to {account}", "use a domain account that is a local administrator on {machine} " +
		"(Windows withholds the rights of local accounts over the network)", true},
	0xC000006D: {"logon failure: {account} or its password is wrong", "check the account, its domain and the password", true},
	0xC000006A: {"logon failure: the password of {account} is wrong", "check the password", true},
	0xC0000064: {"logon failure: there is no account {account}", "check the account and its domain", true},
	0xC0000234: {"the account {account} is locked out",
		"have it unlocked, and check the password before the next run", true},
	0xC0000072: {"the account {account} is disabled", "have it enabled or use another one", true},
	0xC0000193: {"the account {account} has expired", "have it extended or use another one", true},
	0xC0000071: {"the password of {account} has expired", "change it", true},
	0xC0000224: {"the password of {account} must be changed first", "change it", true},
	0xC000006E: {"{account} is restricted",
		"check the account's restrictions (no empty password; the group Protected Users needs Kerberos)", true},
	0xC000006F: {"{account} may not log on at this hour", "run at an hour that its logon hours allow", true},
	0xC0000070: {"{account} may not log on from this computer", "check the account's list of workstations", true},
	0xC000015B: {"{account} may not log on to {machine} over the network",
		"check the user right \"Access this computer from the network\" there", true},
	0xC0000418: {"{machine} blocks NTLM", "configure Kerberos for it", true},
	0xC0000413: {"an authentication policy keeps {account} from {machine}", "use another account", true},
	0xC000005E: {"{machine} reaches no domain controller to check {account}",
		"check {machine}'s connection to its domain, or configure Kerberos", false},
	0xC000018D: {"{machine}'s trust with its domain is broken", "repair it (Test-ComputerSecureChannel -Repair)", false},
	0xC000018C: {"the trust between the domains of {machine} and {account} is broken",
		"use an account of {machine}'s own domain", false},
	0xC0000133: {"the clocks of this computer and of {machine}'s domain differ too much", "set them right", false},
	statusNotSupported: {"{machine} offers no SMB 3",
		"enable SMB 3 there (Windows Server 2012 and later have it); older protocols are not used", false},
	statusRequestNotAccepted: {"{machine} takes no more connections", "try again when fewer clients are connected", false},

	// Shares, files and pipes.
	statusBadNetworkName: {"{machine} has no such share",
		"restore the administrative shares (AutoShareServer), or audit exported files instead", false},
	0xC0000043: {"another program on {machine} has it open exclusively", "try again later", false},
	0xC00000BA: {"it is a folder", "check the path", false},
	0xC000009A: {"{machine} is out of resources", "try again later", false},
	0xC0000205: {"{machine} is out of resources", "try again later", false},
	0xC0000203: {"{machine} ended the session", "try again", false},
	0xC000035C: {"the session has expired", "try again", false},
	0xC00000C9: {"{machine} took the share away", "try again", false},
	0xC000014B: {"{machine} closed the pipe", "check the Remote Registry service there and try again", false},
	0xC00000B0: {"{machine} disconnected the pipe", "check the Remote Registry service there and try again", false},
}
