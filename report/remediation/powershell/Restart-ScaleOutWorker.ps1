# Restarts a Scale Out Worker, each time it is run. One that does not run is left so: it reads its settings when it starts.
function Restart-ScaleOutWorker {
    param([string] $Title, [string] $Service)
    $found = Get-Service -Name $Service
    if ("$($found.Status)" -ne 'Running') {
        Write-Warning -Message "$Service does not run, and is not started: Start-Service -Name $Service"
        return
    }
    if ($PSCmdlet.ShouldProcess($Service, $Title)) {
        Restart-Service -Name $Service
        Write-Output "done: $Title"
    }
}
