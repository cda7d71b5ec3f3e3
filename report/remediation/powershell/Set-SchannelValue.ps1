# Sets a number among Schannel's values; an empty text is one that is not set.
function Set-SchannelValue {
    param([string] $Title, [string] $Name, [string] $From, [string] $To)
    $key = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL'
    $now = "$((Get-Item -LiteralPath $key).GetValue($Name))"
    Invoke-Change -Title $Title -IsDone ($now -eq $To) -IsAudited ($now -eq $From) -Do {
        if ($To -eq '') {
            Remove-ItemProperty -LiteralPath $key -Name $Name
        } else {
            New-ItemProperty -LiteralPath $key -Name $Name -PropertyType DWord -Value ([int] $To) -Force
        }
    }
}
