# The certificate in a store of the machine; $null where it is not there.
function Get-StoredCertificate {
    param([string] $Store, [string] $Thumbprint)
    $path = "Cert:\LocalMachine\$Store\$Thumbprint"
    if (Test-Path -LiteralPath $path) {
        return Get-Item -LiteralPath $path
    }
}
