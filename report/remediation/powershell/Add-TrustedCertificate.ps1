# Trusts a certificate of the exchange folder: its public part goes into this machine's Root store.
function Add-TrustedCertificate {
    param([string] $Title, [string] $Folder, [string] $Name, [string] $Thumbprint)
    $file = Join-Path -Path $Folder -ChildPath "$Name.cer"
    $isThere = Test-Path -LiteralPath "Cert:\LocalMachine\Root\$Thumbprint"
    Invoke-Change -Title $Title -IsDone $isThere -IsAudited $true -Do {
        if ((Get-ExchangedThumbprint -Folder $Folder -Name $Name) -ne $Thumbprint) {
            throw "$file is not the certificate $Thumbprint. The script that exports it comes earlier in PLAN.md."
        }
        Import-Certificate -FilePath $file -CertStoreLocation 'Cert:\LocalMachine\Root'
    }
}
