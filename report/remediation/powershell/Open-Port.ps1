# Lets connections to a TCP port in, by a rule of Windows Firewall. (Its commands are functions of a module, which do not
# see what $ErrorActionPreference the script has.)
function Open-Port {
    param([string] $Title, [string] $Name, [string] $Port)
    $rules = @(Get-NetFirewallRule -Name $Name -ErrorAction SilentlyContinue)
    $open = $rules.Count -eq 1 -and "$($rules[0].Enabled)" -eq 'True' -and "$($rules[0].Action)" -eq 'Allow'
    Invoke-Change -Title $Title -IsDone $open -IsAudited ($rules.Count -eq 0) -Do {
        New-NetFirewallRule -Name $Name -DisplayName "SSIS Scale Out Master ($Port)" -Direction Inbound -Protocol TCP `
            -LocalPort $Port -Action Allow -ErrorAction Stop
    }
}
