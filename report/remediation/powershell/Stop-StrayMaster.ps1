# Stops the Scale Out Master's service where it runs and the cluster does not have its role. Where the cluster has no role for
# it, no node would be left that runs it.
function Stop-StrayMaster {
    param([string] $Title, [string] $Service)
    $roles = @(Get-MasterResource | Where-Object -FilterScript { $_.Service -eq $Service })
    if ($roles.Count -eq 0 -and $WhatIfPreference) {
        Write-Output "not there yet, if a script before makes it: the cluster's role for $Service"
        return
    }
    if ($roles.Count -eq 0) {
        throw "Stopped: ${Title}: the cluster has no role for $Service. What creates it comes earlier in PLAN.md."
    }
    $here = @($roles | Where-Object -FilterScript { "$($_.Resource.OwnerNode)" -eq $env:COMPUTERNAME })
    $state = "$((Get-Service -Name $Service).Status)"
    Invoke-Change -Title $Title -IsDone ($here.Count -gt 0 -or $state -eq 'Stopped') -IsAudited ($state -eq 'Running') -Do {
        Stop-Service -Name $Service -Force
    }
}
