# Adds a binding. How client certificates are checked is taken over from the old one.
function Add-HttpBinding {
    param([string] $Address, [string] $Thumbprint, [string] $Store, [string] $Application, [int] $Flags, [object] $Old)
    $words = @('http', 'add', 'sslcert', "ipport=$Address", "certhash=$Thumbprint", "certstorename=$Store", "appid=$Application")
    if ($Flags -band 1) {
        $words += 'dsmapperusage=enable'
    }
    if ($Flags -band 2) {
        $words += 'clientcertnegotiation=enable'
    }
    if ($Old.CheckMode -band 1) {
        $words += 'verifyclientcertrevocation=disable'
    }
    if ($Old.CheckMode -band 2) {
        $words += 'verifyrevocationwithcachedclientcertonly=enable'
    }
    if ($Old.CheckMode -band 4) {
        $words += "revocationfreshnesstime=$($Old.Freshness)"
    }
    if ($Old.CheckMode -band 0x10000) {
        $words += 'usagecheck=disable'
    }
    if ($Old.Timeout -ne 0) {
        $words += "urlretrievaltimeout=$($Old.Timeout)"
    }
    Invoke-Netsh -Words $words
}
