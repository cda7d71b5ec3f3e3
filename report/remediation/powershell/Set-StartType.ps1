# Sets who starts a service: Windows (Auto, or Delayed, which is Auto some minutes later), whoever asks (Manual), or nobody
# (Disabled).
function Set-StartType {
    param([string] $Title, [string] $Service, [string] $From, [string] $To)
    $modes = @{ Auto = 'Auto'; Delayed = 'Auto'; Manual = 'Manual'; Disabled = 'Disabled' }
    $types = @{ Auto = 'Automatic'; Delayed = 'Automatic'; Manual = 'Manual'; Disabled = 'Disabled' }
    $found = Get-CimInstance -ClassName Win32_Service -Filter "Name = '$Service'"
    if ($null -eq $found) {
        throw "Stopped: ${Title}: there is no service $Service here. Audit again."
    }
    $now = $found.StartMode
    Invoke-Change -Title $Title -IsDone ($now -eq $modes[$To]) -IsAudited ($now -eq $modes[$From]) -Do {
        Set-Service -Name $Service -StartupType $types[$To]
        if ($To -eq 'Delayed') {
            $null = & "$env:SystemRoot\System32\sc.exe" config $Service start= delayed-auto
            if ($LASTEXITCODE -ne 0) {
                throw "The start of $Service is automatic, but not delayed: sc.exe ended with $LASTEXITCODE."
            }
        }
    }
}
