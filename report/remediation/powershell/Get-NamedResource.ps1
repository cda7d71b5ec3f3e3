# The cluster's resource of just that name: the cluster's own commands take a name for a pattern.
function Get-NamedResource {
    param([string] $Name)
    $found = @(Get-ClusterResource | Where-Object -FilterScript { $_.Name -eq $Name })
    if ($found.Count -ne 1) {
        throw "Stopped: the cluster has no resource $Name. Audit again."
    }
    return $found[0]
}
