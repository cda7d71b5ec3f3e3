# Makes a self-signed certificate in My, and exports it: master.pfx has its private key, master.cer has not. Where master.pfx is
# gone, the certificate that was made is exported again.
function New-MasterCertificate {
    param([string] $Title, [string] $HostName, [string[]] $Names, [string] $Folder, [Security.SecureString] $Password)
    $private = Join-Path -Path $Folder -ChildPath 'master.pfx'
    $public = Join-Path -Path $Folder -ChildPath 'master.cer'
    $isThere = Test-Path -LiteralPath $public
    $own = Get-OwnCertificate -Folder $Folder -Name 'master'
    if ($isThere) {
        $there = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $public
        if ($there.Subject -ne "CN=$HostName" -or $there.NotAfter -lt (Get-Date).AddYears(4)) {
            throw "$public is another certificate. Take a folder that is empty."
        }
    }
    $isWhole = $isThere -and (Test-Path -LiteralPath $private)
    Invoke-Change -Title $Title -IsDone $isWhole -IsAudited (-not $isThere -or $null -ne $own) -Do {
        if ($null -ne $own) {
            Export-PfxCertificate -Cert $own -FilePath $private -Password $Password -ChainOption 'EndEntityCertOnly'
            return
        }
        $made = New-SelfSignedCertificate -Subject "CN=$HostName" -DnsName $Names -KeyAlgorithm 'RSA' -KeyLength 2048 `
            -HashAlgorithm 'SHA256' -KeyExportPolicy 'Exportable' -FriendlyName 'SSIS Scale Out Master' `
            -NotAfter (Get-Date).AddYears(5) -CertStoreLocation 'Cert:\LocalMachine\My'
        try {
            Export-PfxCertificate -Cert $made -FilePath $private -Password $Password -ChainOption 'EndEntityCertOnly'
            Export-Certificate -Cert $made -FilePath $public -Type 'CERT'
        } catch {
            Remove-Item -LiteralPath "Cert:\LocalMachine\My\$($made.Thumbprint)" -DeleteKey
            throw
        }
    }
}
