# Brings a role online on a node, or wherever the cluster does. All of it is started, for the cluster to remember that it is to be
# online; but its service tells whether it is: a role with an address in each of several subnets is never wholly online.
function Start-MasterRole {
    param([string] $Group, [string] $Node)
    $role = Get-NamedGroup -Name $Group
    if ($Node -ne '' -and "$($role.OwnerNode)" -ne $Node) {
        $null = Move-ClusterGroup -InputObject $role -Node $Node -Wait 180
    }
    try {
        $null = Start-ClusterGroup -InputObject $role -Wait 180
    } catch {
        Write-Warning -Message "$($_.Exception.Message)"
    }
    if (-not (Get-MasterRole -Group $Group).Online) {
        throw "The role $Group is there, but its service is not online. Its events are in the log System of the node that owns it. Run this again when that is put right."
    }
}
