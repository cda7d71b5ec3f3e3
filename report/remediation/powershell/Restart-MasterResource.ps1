# Restarts the Scale Out Master through the cluster, which restarts nothing else in its role. It does so each time it is run.
function Restart-MasterResource {
    param([string] $Title, [string] $Resource)
    $found = @(Get-MasterResource | Where-Object -FilterScript { $_.Resource.Name -eq $Resource })
    if ($found.Count -eq 0 -and $WhatIfPreference) {
        Write-Output "not there yet, if a script before makes it: $Resource"
        return
    }
    if ($found.Count -ne 1 -or $found[0].Service -notmatch '^SSISScaleOutMaster(140|150|160)$') {
        throw "Stopped: ${Title}: the cluster has no Generic Service $Resource for a Scale Out Master. Audit again."
    }
    if ($PSCmdlet.ShouldProcess($Resource, $Title)) {
        $null = Stop-ClusterResource -InputObject $found[0].Resource -Wait 180
        $null = Start-ClusterResource -InputObject $found[0].Resource -Wait 180
        $state = "$((Get-NamedResource -Name $Resource).State)"
        if ($state -ne 'Online') {
            throw "$Resource is $state after the restart. Its events are in the log System of the node that owns it."
        }
        Write-Output "done: $Title"
    }
}
