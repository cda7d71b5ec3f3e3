# Takes away, with its key, a certificate that New-WorkerCertificate made, and no other one.
function Remove-WorkerCertificate {
    param([string] $Title, [string] $Folder, [string] $Name)
    $thumbprint = Get-ExchangedThumbprint -Folder $Folder -Name $Name
    $made = Get-OwnCertificate -Folder $Folder -Name $Name
    $isOurs = $null -ne $made -and $made.FriendlyName -eq 'SSISScaleOutWorker' -and $made.Subject -eq "CN=$env:COMPUTERNAME"
    $isGone = $null -eq $made
    Invoke-Change -Title $Title -IsDone $isGone -IsAudited $isOurs -Do {
        foreach ($store in @('Root', 'CA')) {
            $copy = "Cert:\LocalMachine\$store\$thumbprint"
            if (Test-Path -LiteralPath $copy) {
                Remove-Item -LiteralPath $copy
            }
        }
        Remove-Item -LiteralPath "Cert:\LocalMachine\My\$thumbprint" -DeleteKey
    }
}
