# Creates a role for the Scale Out Master, and leaves it offline: parameters of its network name count from the next time that
# it comes online. A role that could not be made whole is removed again.
function New-MasterRole {
    param([string] $Service, [string] $HostName, [string[]] $Addresses, [string] $Group, [string] $Resource, [string] $NetworkResource,
        [hashtable] $Parameters)
    try {
        $null = Add-ClusterGenericServiceRole -ServiceName $Service -Name $HostName -StaticAddress $Addresses -Wait 180
        $role = Get-NamedGroup -Name $HostName
        $null = Stop-ClusterGroup -InputObject $role -Wait 180
        foreach ($part in @(Get-ClusterResource -InputObject $role)) {
            $name = $part.Name
            if ("$($part.ResourceType)" -eq 'Generic Service') {
                $name = $Resource
            }
            if ("$($part.ResourceType)" -eq 'Network Name') {
                $name = $NetworkResource
                foreach ($key in $Parameters.Keys) {
                    Set-ClusterParameter -InputObject $part -Name $key -Value $Parameters[$key]
                }
            }
            if ($part.Name -ne $name) {
                $part.Name = $name
            }
        }
        if ($Group -ne $HostName) {
            $role.Name = $Group
        }
    } catch {
        foreach ($half in @(Get-ClusterGroup | Where-Object -FilterScript { $_.Name -eq $HostName })) {
            Remove-ClusterGroup -InputObject $half -RemoveResources -Force
        }
        throw
    }
}
