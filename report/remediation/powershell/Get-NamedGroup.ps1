# The cluster's role of just that name: the cluster's own commands take a name for a pattern.
function Get-NamedGroup {
    param([string] $Name)
    $found = @(Get-ClusterGroup | Where-Object -FilterScript { $_.Name -eq $Name })
    if ($found.Count -ne 1) {
        throw "Stopped: the cluster has no role $Name. Audit again."
    }
    return $found[0]
}
