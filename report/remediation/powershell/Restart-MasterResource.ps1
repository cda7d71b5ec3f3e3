# Restarts the Scale Out Master through the cluster, which restarts nothing else in its role. It does so each time it is run.
function Restart-MasterResource {
    param([string] $Title, [string] $Resource, [string] $Service)
    $found = Get-ClusterResource -Name $Resource
    $named = (Get-ClusterParameter -InputObject $found -Name 'ServiceName').Value
    if ("$($found.ResourceType)" -ne 'Generic Service' -or $named -ne $Service) {
        throw "Stopped: ${Title}: $Resource is not the Generic Service of $Service. Audit again."
    }
    if ($PSCmdlet.ShouldProcess($Resource, $Title)) {
        $null = Stop-ClusterResource -Name $Resource -Wait 180
        $null = Start-ClusterResource -Name $Resource -Wait 180
        $state = "$((Get-ClusterResource -Name $Resource).State)"
        if ($state -ne 'Online') {
            throw "$Resource is $state after the restart. Its events are in the log System of the node that owns it."
        }
        Write-Output "done: $Title"
    }
}
