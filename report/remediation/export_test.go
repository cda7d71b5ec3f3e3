package remediation

// Batches splits a script as sqlcmd does.
var Batches = batches
