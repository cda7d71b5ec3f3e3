# Stops the Scale Out Master's service where it runs and the cluster does not have its role.
function Stop-StrayMaster {
    param([string] $Title, [string] $Service)
    $here = @(Get-MasterResource | Where-Object -FilterScript {
            $_.Service -eq $Service -and "$($_.Resource.OwnerNode)" -eq $env:COMPUTERNAME
        })
    $state = "$((Get-Service -Name $Service).Status)"
    Invoke-Change -Title $Title -IsDone ($here.Count -gt 0 -or $state -eq 'Stopped') -IsAudited ($state -eq 'Running') -Do {
        Stop-Service -Name $Service -Force
    }
}
