# Trusts a certificate of the exchange folder: its public part goes into this machine's Root store. It is added as it was looked
# at, and not read from the file again, which may have more in it.
function Add-TrustedCertificate {
    param([string] $Title, [string] $Folder, [string] $Name, [string] $Thumbprint)
    $file = Join-Path -Path $Folder -ChildPath "$Name.cer"
    $isThere = Test-Path -LiteralPath "Cert:\LocalMachine\Root\$Thumbprint"
    Invoke-Change -Title $Title -IsDone $isThere -IsAudited $true -Do {
        if (-not (Test-Path -LiteralPath $file)) {
            throw "$file is not there. The script that exports it comes earlier in PLAN.md."
        }
        $read = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $file
        $public = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (, $read.RawData)
        if ($public.Thumbprint -ne $Thumbprint) {
            throw "$file is not the certificate $Thumbprint. The script that exports it comes earlier in PLAN.md."
        }
        Write-Warning -Message "trusted from now on: $($public.Subject), $($public.Thumbprint), valid until $($public.NotAfter)"
        $store = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList 'Root', 'LocalMachine'
        $store.Open('ReadWrite')
        $store.Add($public)
        $store.Close()
    }
}
