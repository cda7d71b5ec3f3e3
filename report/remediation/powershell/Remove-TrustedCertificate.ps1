# Trusts a certificate no more. One that has a private key was not imported by Add-TrustedCertificate, and stays.
function Remove-TrustedCertificate {
    param([string] $Title, [string] $Thumbprint)
    $held = "Cert:\LocalMachine\Root\$Thumbprint"
    $isThere = Test-Path -LiteralPath $held
    $isPublic = $isThere -and -not (Get-Item -LiteralPath $held).HasPrivateKey
    Invoke-Change -Title $Title -IsDone (-not $isThere) -IsAudited $isPublic -Do {
        Remove-Item -LiteralPath $held
    }
}
