package facts

import "errors"

// Right is something that whoever audits must have at a place, by the name that SQL Server or Windows has for it.
type Right string

// The rights that collectors find missing.
const (
	// To reach a place at all: its port is open from where the audit runs.
	RightPort Right = "an open port"
	// Of a SQL Server instance.
	RightLogin                      Right = "a login"
	RightEnabledLogin               Right = "an enabled login"
	RightViewAnyDatabase            Right = "VIEW ANY DATABASE"
	RightViewAnyDefinition          Right = "VIEW ANY DEFINITION"
	RightViewAnySecurityDefinition  Right = "VIEW ANY SECURITY DEFINITION" // SQL Server 2022 and later
	RightViewServerState            Right = "VIEW SERVER STATE"
	RightViewServerPerformanceState Right = "VIEW SERVER PERFORMANCE STATE" // SQL Server 2022 and later
	RightViewServerSecurityState    Right = "VIEW SERVER SECURITY STATE"    // SQL Server 2022 and later
	RightAgentJobs                  Right = "SELECT on SQL Server Agent's jobs in msdb"
	// Of SSISDB.
	RightUser           Right = "a user in SSISDB"
	RightAdmin          Right = "ssis_admin"
	RightExecutor       Right = "ssis_cluster_executor"
	RightViewDefinition Right = "VIEW DEFINITION in SSISDB"
	// Of a Windows machine.
	RightAdministrator  Right = "local administrator"
	RightRemoteRegistry Right = "Remote Registry"
)

// Lack is a right that was found missing.
type Lack struct {
	// Right is what is missing. Whoever reads it must expect others than are known here.
	Right Right `json:"right"`
	// To is whom it is to be given: the login, or SSISDB's user. Empty: nobody in particular, or it is not known.
	To string `json:"to"`
}

// Lacking is an error that is known to be due to a missing right. Its text is err's.
func Lacking(err error, right Right, to string) error {
	return &lacking{err, Lack{Right: right, To: to}}
}

// Following is an error that follows from another failure, and is due to the same missing right, if there is one.
func Following(err error, lack *Lack) error {
	if lack == nil {
		return err
	}
	return Lacking(err, lack.Right, lack.To)
}

type lacking struct {
	error
	lack Lack
}

func (l *lacking) Unwrap() error { return l.error }

// LackOf is the missing right that an error is due to; nil when that is not known.
func LackOf(err error) *Lack {
	var l *lacking
	if !errors.As(err, &l) {
		return nil
	}
	lack := l.lack
	return &lack
}
