# Removes a role that has nothing but the Scale Out Master, and creates it for another service or with another name. It keeps
# its addresses, what its network name is set to, and its names within the cluster. One that it made is only brought online.
function Set-MasterRole {
    param([string] $Title, [string] $Group, [string] $Resource, [string] $NetworkResource, [string] $FromService, [string] $ToService,
        [string] $FromName, [string] $ToName, [string[]] $Addresses, [string] $Node)
    $now = Get-MasterRole -Group $Group
    $alone = $now.Others -eq 0 -and "$(@($now.Addresses | Sort-Object))" -eq "$(@($Addresses | Sort-Object))"
    $made = $alone -and $now.Service -eq $ToService -and $now.Name -eq $ToName
    $known = $alone -and $now.Service -eq $FromService -and $now.Name -eq $FromName
    if ($known -and -not $made) {
        Assert-ReplaceableRole -Title $Title -Group $Group -ToService $ToService -ToName $ToName
    }
    Invoke-Change -Title $Title -IsDone ($made -and $now.Online) -IsAudited ($made -or $known) -Do {
        if (-not $made) {
            $parameters = @{}
            foreach ($key in @('RegisterAllProvidersIP', 'HostRecordTTL')) {
                $parameters[$key] = (Get-ClusterParameter -InputObject $now.NetworkName -Name $key).Value
            }
            Remove-ClusterGroup -InputObject (Get-NamedGroup -Name $Group) -RemoveResources -Force
            try {
                New-MasterRole -Service $ToService -HostName $ToName -Addresses $Addresses -Group $Group -Resource $Resource `
                    -NetworkResource $NetworkResource -Parameters $parameters
            } catch {
                throw "The role was removed, and creating it failed: $($_.Exception.Message) By hand, on a node: Add-ClusterGenericServiceRole -ServiceName $ToService -Name $ToName -StaticAddress $($Addresses -join ',')"
            }
        }
        Start-MasterRole -Group $Group -Node $Node
    }
}
