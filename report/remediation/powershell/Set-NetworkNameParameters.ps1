# Sets what a network name registers in DNS, and takes it offline and online, since that counts only then. A text that is
# empty is a parameter that is not set.
function Set-NetworkNameParameters {
    param([string] $Title, [string] $Resource, [string] $RegistersFrom, [string] $RegistersTo, [string] $TtlFrom, [string] $TtlTo)
    $found = Get-NamedResource -Name $Resource
    $given = @(
        @{ Key = 'RegisterAllProvidersIP'; From = $RegistersFrom; To = $RegistersTo; Default = '0' },
        @{ Key = 'HostRecordTTL'; From = $TtlFrom; To = $TtlTo; Default = '1200' }
    )
    $right = $true
    $known = "$($found.ResourceType)" -eq 'Network Name' -and (Get-MasterRole -Group "$($found.OwnerGroup)").Others -eq 0
    foreach ($one in $given) {
        $now = "$((Get-ClusterParameter -InputObject $found -Name $one.Key).Value)"
        foreach ($end in @('From', 'To')) {
            if ($one[$end] -eq '') {
                $one["Value$end"] = $one.Default
            } else {
                $one["Value$end"] = $one[$end]
            }
        }
        $right = $right -and $now -eq $one.ValueTo
        $known = $known -and $now -eq $one.ValueFrom
    }
    Invoke-Change -Title $Title -IsDone $right -IsAudited $known -Do {
        $online = @(Get-ClusterResource -InputObject (Get-NamedGroup -Name "$($found.OwnerGroup)") | Where-Object -FilterScript {
                "$($_.State)" -eq 'Online'
            })
        foreach ($one in $given) {
            if ($one.To -eq $one.From) {
                continue
            }
            if ($one.To -eq '') {
                Set-ClusterParameter -InputObject $found -Name $one.Key -Delete
            } else {
                Set-ClusterParameter -InputObject $found -Name $one.Key -Value ([uint32] $one.To)
            }
        }
        $null = Stop-ClusterResource -InputObject $found -Wait 180
        foreach ($part in $online) {
            $null = Start-ClusterResource -InputObject $part -Wait 180
            $state = "$((Get-NamedResource -Name $part.Name).State)"
            if ($state -ne 'Online') {
                throw "What was to be set is set, but $($part.Name) is $state. Its events are in the log System of the node that owns it; start the role when that is put right."
            }
        }
    }
}
