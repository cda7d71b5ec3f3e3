# Leaves a certificate in a store without its private key. The file of the key stays.
function Remove-KeyOfCertificate {
    param([string] $Title, [string] $Store, [string] $Thumbprint)
    $found = Get-StoredCertificate -Store $Store -Thumbprint $Thumbprint
    $isThere = $null -ne $found
    Invoke-Change -Title $Title -IsDone ($isThere -and -not $found.HasPrivateKey) -IsAudited ($isThere -and $found.HasPrivateKey) -Do {
        $public = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (, $found.RawData)
        $open = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList $Store, 'LocalMachine'
        $open.Open('ReadWrite')
        $open.Remove($found)
        $open.Add($public)
        $open.Close()
    }
}
