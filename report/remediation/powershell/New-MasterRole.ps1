# Creates a role for the Scale Out Master, and brings it online on a node, or wherever the cluster does. Parameters of its
# network name count from the next time that it comes online, and so they are set in between.
function New-MasterRole {
    param([string] $Service, [string] $HostName, [string[]] $Addresses, [string] $Group, [string] $Resource, [string] $NetworkResource,
        [hashtable] $Parameters, [string] $Node)
    $null = Add-ClusterGenericServiceRole -ServiceName $Service -Name $HostName -StaticAddress $Addresses -Wait 180
    $null = Stop-ClusterGroup -Name $HostName -Wait 180
    foreach ($made in @(Get-ClusterGroup -Name $HostName | Get-ClusterResource)) {
        $name = $made.Name
        if ("$($made.ResourceType)" -eq 'Generic Service') {
            $name = $Resource
        }
        if ("$($made.ResourceType)" -eq 'Network Name') {
            $name = $NetworkResource
            foreach ($key in $Parameters.Keys) {
                Set-ClusterParameter -InputObject $made -Name $key -Value $Parameters[$key]
            }
        }
        if ($made.Name -ne $name) {
            $made.Name = $name
        }
    }
    if ($Group -ne $HostName) {
        $role = Get-ClusterGroup -Name $HostName
        $role.Name = $Group
    }
    if ($Node -ne '') {
        $null = Move-ClusterGroup -Name $Group -Node $Node -Wait 180
    }
    $null = Start-ClusterGroup -Name $Group -Wait 180
    $state = "$((Get-ClusterGroup -Name $Group).State)"
    if ($state -ne 'Online') {
        throw "The role $Group is there, but $state. Its events are in the log System of the node that owns it."
    }
}
