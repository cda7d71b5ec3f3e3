package remediation

import (
	"crypto/sha256"
	"fmt"
	"regexp"
)

// Certificates go from machine to machine by way of a folder that all of them reach: master.pfx and master.cer, the Scale
// Out Master's with its private key and without, and worker-<name>.cer, a worker's without.

var (
	exchange = Question{Name: "Exchange", Kind: "text",
		Help: `a folder for certificates that all machines of the plan reach, and nobody else reads or writes: \\server\share\folder`}
	pfxPassword = Question{Name: "PfxPassword", Kind: "secret",
		Help: "a password for master.pfx, the same on every machine"}
)

const masterFile = "master"

// workerFile is the name of a worker's certificate in the folder.
func workerFile(worker string) string { return "worker-" + worker }

var thumbprintForm = regexp.MustCompile(`^[0-9A-F]{40}$`)

// pendingThumbprint stands for the thumbprint of a certificate that is made when the plan is followed. Scripts take the
// thumbprint from its file. (No certificate has one with so many zeros.)
func pendingThumbprint(file string) string {
	return fmt.Sprintf("%024d%X", 0, sha256.Sum256([]byte(file)))[:40]
}

// thumbprintOf is a thumbprint in a script; file is where it is found if it is not known yet.
func thumbprintOf(thumbprint, file string) expression {
	if thumbprint == pendingThumbprint(file) {
		return expression("(Get-ExchangedThumbprint -Folder " + string(answer(exchange)) + " -Name " + string(verbatim(file)) + ")")
	}
	return verbatim(thumbprint)
}

// shownThumbprint is a thumbprint in a title.
func shownThumbprint(thumbprint, file string) string {
	if thumbprint == pendingThumbprint(file) {
		return "that of the new certificate in " + file + ".cer"
	}
	return thumbprint
}

// asksExchange are the questions of an action whose thumbprint may have to be read from the folder.
func asksExchange(thumbprint, file string) []Question {
	if thumbprint == pendingThumbprint(file) {
		return []Question{exchange}
	}
	return nil
}
