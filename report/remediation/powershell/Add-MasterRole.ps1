# Creates the cluster role of the Scale Out Master where there is none. One that it made before is only brought online.
function Add-MasterRole {
    param([string] $Title, [string] $Service, [string] $HostName, [string] $Addresses, [string] $Node)
    $given = @(Split-Address -Text $Addresses)
    $served = @(Get-MasterResource | Where-Object -FilterScript { $_.Service -eq $Service })
    $taken = @(Get-ClusterGroup | Where-Object -FilterScript { $_.Name -eq $HostName })
    $made = $served.Count -eq 1 -and "$($served[0].Resource.OwnerGroup)" -eq $HostName
    $right = $made -and "$($served[0].Resource.State)" -eq 'Online'
    $free = $served.Count -eq 0 -and $taken.Count -eq 0
    Invoke-Change -Title $Title -IsDone $right -IsAudited ($made -or $free) -Do {
        if (-not $made) {
            $parameters = @{ RegisterAllProvidersIP = 0; HostRecordTTL = 300 }
            New-MasterRole -Service $Service -HostName $HostName -Addresses $given -Group $HostName -Resource $Service `
                -NetworkResource $HostName -Parameters $parameters
        }
        Start-MasterRole -Group $HostName -Node $Node
    }
}
