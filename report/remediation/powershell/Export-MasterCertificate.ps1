# Exports a certificate: master.pfx has its private key, master.cer has not.
function Export-MasterCertificate {
    param([string] $Title, [string] $Store, [string] $Thumbprint, [string] $Folder, [Security.SecureString] $Password)
    $private = Join-Path -Path $Folder -ChildPath 'master.pfx'
    $public = Join-Path -Path $Folder -ChildPath 'master.cer'
    $isThere = Test-Path -LiteralPath $public
    if ($isThere -and (Get-ExchangedThumbprint -Folder $Folder -Name 'master') -ne $Thumbprint) {
        throw "$public is another certificate. Take a folder that is empty."
    }
    $isWhole = $isThere -and (Test-Path -LiteralPath $private)
    $found = Get-StoredCertificate -Store $Store -Thumbprint $Thumbprint
    Invoke-Change -Title $Title -IsDone $isWhole -IsAudited ($null -ne $found -and $found.HasPrivateKey) -Do {
        Export-PfxCertificate -Cert $found -FilePath $private -Password $Password -ChainOption 'EndEntityCertOnly'
        Export-Certificate -Cert $found -FilePath $public -Type 'CERT'
    }
}
