# What a role is made of: the service and whether it is online, the network name's first label and its resource, the
# addresses, and what else there is.
function Get-MasterRole {
    param([string] $Group)
    $found = Get-NamedGroup -Name $Group
    $role = @{ Service = ''; Online = $false; Name = ''; NetworkName = $null; Addresses = @(); Others = 0 }
    if ($found.IsCoreGroup) {
        $role.Others += 1
    }
    foreach ($resource in @(Get-ClusterResource -InputObject $found)) {
        $type = "$($resource.ResourceType)"
        if ($type -eq 'Generic Service' -and $role.Service -eq '') {
            $role.Service = "$((Get-ClusterParameter -InputObject $resource -Name 'ServiceName').Value)"
            $role.Online = "$($resource.State)" -eq 'Online'
        } elseif ($type -eq 'Network Name' -and $null -eq $role.NetworkName) {
            $role.NetworkName = $resource
            $role.Name = "$((Get-ClusterParameter -InputObject $resource -Name 'DnsName').Value)".Split('.')[0]
        } elseif ($type -eq 'IP Address') {
            $role.Addresses += "$((Get-ClusterParameter -InputObject $resource -Name 'Address').Value)"
        } else {
            $role.Others += 1
        }
    }
    return $role
}
