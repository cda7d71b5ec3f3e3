# The certificate of the exchange folder, as this machine has it in My with its key; nothing where it has not.
function Get-OwnCertificate {
    param([string] $Folder, [string] $Name)
    if (-not (Test-Path -LiteralPath (Join-Path -Path $Folder -ChildPath "$Name.cer"))) {
        return
    }
    $held = "Cert:\LocalMachine\My\$(Get-ExchangedThumbprint -Folder $Folder -Name $Name)"
    if (Test-Path -LiteralPath $held) {
        $certificate = Get-Item -LiteralPath $held
        if ($certificate.HasPrivateKey) {
            return $certificate
        }
    }
}
