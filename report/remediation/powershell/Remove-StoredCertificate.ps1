# Takes a certificate out of stores. The file of its key stays.
function Remove-StoredCertificate {
    param([string] $Title, [string[]] $Stores, [string] $Thumbprint)
    $found = @($Stores | Where-Object -FilterScript { Test-Path -LiteralPath "Cert:\LocalMachine\$_\$Thumbprint" })
    Invoke-Change -Title $Title -IsDone ($found.Count -eq 0) -IsAudited $true -Do {
        foreach ($store in $found) {
            Remove-Item -LiteralPath "Cert:\LocalMachine\$store\$Thumbprint"
        }
    }
}
