# The thumbprint of a certificate in the exchange folder.
function Get-ExchangedThumbprint {
    param([string] $Folder, [string] $Name)
    $path = Join-Path -Path $Folder -ChildPath "$Name.cer"
    if (-not (Test-Path -LiteralPath $path)) {
        throw "$path is not there. The script that makes it comes earlier in PLAN.md."
    }
    $certificate = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $path
    return $certificate.Thumbprint
}
