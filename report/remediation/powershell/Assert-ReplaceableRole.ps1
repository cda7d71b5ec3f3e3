# Stops where a role cannot be replaced, or would lose something.
function Assert-ReplaceableRole {
    param([string] $Title, [string] $Group, [string] $ToService, [string] $ToName)
    $taken = @(Get-ClusterGroup | Where-Object -FilterScript { $_.Name -eq $ToName -and $_.Name -ne $Group })
    if ($taken.Count -gt 0 -or @(Get-Service -Name $ToService -ErrorAction SilentlyContinue).Count -eq 0) {
        throw "Stopped: ${Title}: the cluster has another role $ToName, or there is no service $ToService here. Nothing was changed."
    }
    foreach ($part in @(Get-ClusterResource -InputObject (Get-NamedGroup -Name $Group))) {
        if ("$($part.ResourceType)" -ne 'IP Address') {
            continue
        }
        if ("$((Get-ClusterParameter -InputObject $part -Name 'ProbePort').Value)" -notin @('', '0')) {
            throw "Stopped: ${Title}: $($part.Name) has a probe port, for a load balancer, which a new role would not have. Replace the role by hand. Nothing was changed."
        }
        if ("$((Get-ClusterParameter -InputObject $part -Name 'EnableDhcp').Value)" -notin @('', '0')) {
            throw "Stopped: ${Title}: $($part.Name) has its address from DHCP, and a new role would have a fixed one. Replace the role by hand. Nothing was changed."
        }
    }
}
