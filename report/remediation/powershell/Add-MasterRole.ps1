# Creates the cluster role of the Scale Out Master where there is none.
function Add-MasterRole {
    param([string] $Title, [string] $Service, [string] $HostName, [string] $Addresses, [string] $Node)
    $given = @(Split-Address -Text $Addresses)
    $served = @(Get-MasterResource | Where-Object -FilterScript { $_.Service -eq $Service })
    $taken = @(Get-ClusterGroup | Where-Object -FilterScript { $_.Name -eq $HostName })
    $right = $served.Count -eq 1 -and "$($served[0].Resource.OwnerGroup)" -eq $HostName
    Invoke-Change -Title $Title -IsDone $right -IsAudited ($served.Count -eq 0 -and $taken.Count -eq 0) -Do {
        $parameters = @{ RegisterAllProvidersIP = 0; HostRecordTTL = 300 }
        New-MasterRole -Service $Service -HostName $HostName -Addresses $given -Group $HostName -Resource $Service `
            -NetworkResource $HostName -Parameters $parameters -Node $Node
    }
}
