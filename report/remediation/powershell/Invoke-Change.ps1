# Changes something where it is as it was audited; does nothing where that is done already, and stops where it is neither.
function Invoke-Change {
    param([string] $Title, [bool] $IsDone, [bool] $IsAudited, [scriptblock] $Do)
    if ($IsDone) {
        Write-Output "nothing to do: $Title"
        return
    }
    if (-not $IsAudited) {
        throw "Stopped: ${Title}: the state is not the one that was audited. Audit again."
    }
    if ($PSCmdlet.ShouldProcess($env:COMPUTERNAME, $Title)) {
        $null = & $Do
        Write-Output "done: $Title"
    }
}
