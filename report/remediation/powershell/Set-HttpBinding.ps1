# Binds an address of HTTP.sys to another certificate, or to none (no store). The old binding is put back if that fails.
function Set-HttpBinding {
    param([string] $Title, [string] $Address, [string] $FromThumbprint, [string] $FromStore, [string] $FromApplication,
        [string] $Thumbprint, [string] $Store, [string] $Application, [int] $Flags)
    $old = Get-HttpBinding -Address $Address
    $isRight = $old.Thumbprint -eq $Thumbprint -and $old.Store -eq $Store
    $asAudited = $old.Thumbprint -eq $FromThumbprint -and $old.Store -eq $FromStore
    if ($asAudited -and $FromStore -ne '') {
        $asAudited = $old.Application -eq $FromApplication -and $old.Flags -eq $Flags
    }
    if (-not $isRight -and $old.Issuers -ne '') {
        throw "Stopped: ${Title}: the binding has a list of issuers, which would be lost. Change it by hand. Nothing was changed."
    }
    Invoke-Change -Title $Title -IsDone $isRight -IsAudited $asAudited -Do {
        if ($Store -ne '') {
            $found = Get-StoredCertificate -Store $Store -Thumbprint $Thumbprint
            if ($null -eq $found -or -not $found.HasPrivateKey) {
                throw "The certificate $Thumbprint is not in the store $Store with its private key."
            }
        }
        if ($old.Store -ne '') {
            Invoke-Netsh -Words @('http', 'delete', 'sslcert', "ipport=$Address")
        }
        if ($Store -ne '') {
            try {
                Add-HttpBinding -Address $Address -Thumbprint $Thumbprint -Store $Store -Application $Application -Flags $Flags -Old $old
            } catch {
                $why = $_.Exception.Message
                if ($old.Store -ne '') {
                    try {
                        Add-HttpBinding -Address $Address -Thumbprint $old.Thumbprint -Store $old.Store `
                            -Application $old.Application -Flags $old.Flags -Old $old
                    } catch {
                        throw "$Address has no binding now, neither the new one nor the old one ($($old.Thumbprint) in $($old.Store)). Add one by hand with netsh http add sslcert. $why"
                    }
                }
                throw
            }
        }
        $now = Get-HttpBinding -Address $Address
        if ($now.Thumbprint -ne $Thumbprint -or $now.Store -ne $Store) {
            throw "HTTP.sys has another binding for $Address than the one it was given."
        }
    }
}
