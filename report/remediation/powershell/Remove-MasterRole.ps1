# Removes the role that Add-MasterRole creates, and starts the service where it ran before.
function Remove-MasterRole {
    param([string] $Title, [string] $Service, [string] $HostName, [string] $Node)
    $there = @(Get-ClusterGroup | Where-Object -FilterScript { $_.Name -eq $HostName })
    $known = $false
    if ($there.Count -eq 1) {
        $role = Get-MasterRole -Group $HostName
        $known = $role.Service -eq $Service -and $role.Name -eq $HostName -and $role.Others -eq 0
    }
    Invoke-Change -Title $Title -IsDone ($there.Count -eq 0) -IsAudited $known -Do {
        Remove-ClusterGroup -InputObject $there[0] -RemoveResources -Force
        if ($Node -ne '') {
            Start-Service -InputObject (Get-Service -Name $Service -ComputerName $Node)
        }
    }
}
