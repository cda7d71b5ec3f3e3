# What HTTP.sys has for an address, read where it keeps it. Without a store there is nothing.
function Get-HttpBinding {
    param([string] $Address)
    $binding = New-Object -TypeName PSObject -Property @{
        Thumbprint = ''; Store = ''; Application = ''; Flags = 0; CheckMode = 0; Freshness = 0; Timeout = 0; Issuers = ''
    }
    $path = "SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo\$Address"
    $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($path)
    if ($null -eq $key) {
        return $binding
    }
    $hash = $key.GetValue('SslCertHash')
    if ($null -ne $hash) {
        $binding.Thumbprint = [BitConverter]::ToString($hash).Replace('-', '')
    }
    $binding.Store = [string] $key.GetValue('SslCertStoreName')
    if ($binding.Store -eq '') {
        $binding.Store = 'MY'
    }
    $id = $key.GetValue('AppId')
    if ($null -ne $id) {
        $binding.Application = [Guid]::new($id).ToString('B')
    }
    $binding.Flags = $key.GetValue('DefaultFlags', 0)
    $binding.CheckMode = $key.GetValue('DefaultSslCertCheckMode', 0)
    $binding.Freshness = $key.GetValue('DefaultSslRevocationFreshnessTime', 0)
    $binding.Timeout = $key.GetValue('DefaultSslRevocationUrlRetrievalTimeout', 0)
    $binding.Issuers = [string] $key.GetValue('DefaultSslCtlIdentifier')
    $key.Close()
    return $binding
}
