# Imports master.pfx into Root. A certificate that is there without its key is taken out before; where the import then failed,
# it is not there the next time.
function Import-MasterCertificate {
    param([string] $Title, [string] $Thumbprint, [string] $Audited, [string] $Folder, [Security.SecureString] $Password)
    $found = Get-StoredCertificate -Store 'Root' -Thumbprint $Thumbprint
    $state = 'not there'
    if ($null -ne $found) {
        $state = 'without its key'
        if ($found.HasPrivateKey) {
            $state = 'with its key'
        }
    }
    Invoke-Change -Title $Title -IsDone ($state -eq 'with its key') -IsAudited ($state -eq $Audited -or $state -eq 'not there') -Do {
        $path = Join-Path -Path $Folder -ChildPath 'master.pfx'
        if (-not (Test-Path -LiteralPath $path)) {
            throw "$path is not there. The script that exports it comes earlier in PLAN.md."
        }
        try {
            $content = @((Get-PfxData -FilePath $path -Password $Password).EndEntityCertificates)
        } catch {
            throw "$path cannot be opened: $($_.Exception.Message) If the password that it was exported with is not known, delete the file and run the script that exports it again. Nothing was changed."
        }
        if ($content.Count -ne 1 -or $content[0].Thumbprint -ne $Thumbprint) {
            throw "$path is another certificate. Take a folder that is empty, and begin anew."
        }
        if ($null -ne $found) {
            Remove-Item -LiteralPath "Cert:\LocalMachine\Root\$Thumbprint"
        }
        Import-PfxCertificate -FilePath $path -CertStoreLocation 'Cert:\LocalMachine\Root' -Exportable -Password $Password
        $now = Get-StoredCertificate -Store 'Root' -Thumbprint $Thumbprint
        if ($null -eq $now -or -not $now.HasPrivateKey) {
            throw "The import of $path left no certificate with its key in Root."
        }
    }
}
