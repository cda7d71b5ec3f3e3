# Brings a role's service online, and with it what it depends on, on a node or wherever the cluster does: a role with an address
# in each of several subnets is never wholly online.
function Start-MasterRole {
    param([string] $Group, [string] $Node)
    $role = Get-NamedGroup -Name $Group
    if ($Node -ne '' -and "$($role.OwnerNode)" -ne $Node) {
        $null = Move-ClusterGroup -InputObject $role -Node $Node -Wait 180
    }
    foreach ($part in @(Get-ClusterResource -InputObject $role)) {
        if ("$($part.ResourceType)" -eq 'Generic Service') {
            $null = Start-ClusterResource -InputObject $part -Wait 180
        }
    }
    if (-not (Get-MasterRole -Group $Group).Online) {
        throw "The role $Group is there, but its service is not online. Its events are in the log System of the node that owns it. Run this again when that is put right."
    }
}
