# The cluster's Generic Services, each with the service that it is for.
function Get-MasterResource {
    foreach ($resource in @(Get-ClusterResource)) {
        if ("$($resource.ResourceType)" -eq 'Generic Service') {
            $service = (Get-ClusterParameter -InputObject $resource -Name 'ServiceName').Value
            New-Object -TypeName PSObject -Property @{ Resource = $resource; Service = "$service" }
        }
    }
}
