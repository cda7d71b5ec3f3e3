# Makes a certificate for the worker of this machine, which trusts it too. Its public part goes into the exchange folder. The
# key is one of a cryptographic service provider: every build of the service can use those.
function New-WorkerCertificate {
    param([string] $Title, [string] $Folder, [string] $Name, [string] $Service)
    $file = Join-Path -Path $Folder -ChildPath "$Name.cer"
    $made = Get-OwnCertificate -Folder $Folder -Name $Name
    $isMade = $null -ne $made -and $made.NotAfter -gt (Get-Date).AddYears(1)
    Invoke-Change -Title $Title -IsDone $isMade -IsAudited $true -Do {
        $certificate = New-SelfSignedCertificate -Subject "CN=$env:COMPUTERNAME" -FriendlyName 'SSISScaleOutWorker' `
            -CertStoreLocation 'Cert:\LocalMachine\My' -NotAfter (Get-Date).AddYears(5) -HashAlgorithm 'SHA256' `
            -KeyAlgorithm 'RSA' -KeyLength 2048 -KeyExportPolicy 'NonExportable' -KeySpec 'KeyExchange' `
            -Provider 'Microsoft Enhanced RSA and AES Cryptographic Provider'
        $held = "Cert:\LocalMachine\My\$($certificate.Thumbprint)"
        try {
            Grant-KeyAccess -Path $held -Service $Service
            Export-Certificate -Cert (Get-Item -LiteralPath $held) -FilePath $file
            Import-Certificate -FilePath $file -CertStoreLocation 'Cert:\LocalMachine\Root'
        } catch {
            Remove-Item -LiteralPath $held -DeleteKey
            throw
        }
    }
}
