# Trusts a certificate no more. One that has a private key was not imported by Add-TrustedCertificate, and stays: the machine
# may be a master's, too.
function Remove-TrustedCertificate {
    param([string] $Title, [string] $Thumbprint)
    $held = "Cert:\LocalMachine\Root\$Thumbprint"
    $isThere = Test-Path -LiteralPath $held
    $isPublic = $isThere -and -not (Get-Item -LiteralPath $held).HasPrivateKey
    Invoke-Change -Title $Title -IsDone (-not $isPublic) -IsAudited $true -Do {
        Remove-Item -LiteralPath $held
    }
}
