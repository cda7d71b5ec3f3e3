# The thumbprint of a certificate in the exchange folder. Where nothing is changed yet, one that no certificate has stands for
# that of a certificate which an earlier script makes.
function Get-ExchangedThumbprint {
    param([string] $Folder, [string] $Name)
    $path = Join-Path -Path $Folder -ChildPath "$Name.cer"
    if (-not (Test-Path -LiteralPath $path)) {
        if ($WhatIfPreference) {
            return '0000000000000000000000000000000000000000'
        }
        throw "$path is not there. It is another folder, or the script that makes the file was not run: PLAN.md has the order."
    }
    $certificate = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $path
    return $certificate.Thumbprint
}
