# Writes the public part of a certificate of this machine into the exchange folder.
function Export-PublicCertificate {
    param([string] $Title, [string] $Folder, [string] $Name, [string] $Store, [string] $Thumbprint)
    $file = Join-Path -Path $Folder -ChildPath "$Name.cer"
    $held = "Cert:\LocalMachine\$Store\$Thumbprint"
    $isThere = Test-Path -LiteralPath $file
    if ($isThere -and (Get-ExchangedThumbprint -Folder $Folder -Name $Name) -ne $Thumbprint) {
        throw "$file is another certificate. Take a folder that is empty."
    }
    Invoke-Change -Title $Title -IsDone $isThere -IsAudited (Test-Path -LiteralPath $held) -Do {
        Export-Certificate -Cert (Get-Item -LiteralPath $held) -FilePath $file
    }
}
