# Removes the rule that Open-Port makes.
function Close-Port {
    param([string] $Title, [string] $Name)
    $rules = @(Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue)
    Invoke-Change -Title $Title -IsDone ($rules.Count -eq 0) -IsAudited ($rules.Count -eq 1) -Do {
        Remove-NetFirewallRule -Name $Name -ErrorAction Stop
    }
}
