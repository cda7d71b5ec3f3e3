# Says whether the machine lists an account for the right to log on as a service. It may have it through a group, too.
function Test-ServiceLogonRight {
    param([string] $Account)
    if ($Account -eq 'LocalSystem' -or $Account -like 'NT AUTHORITY\*' -or $Account -like 'NT SERVICE\*') {
        return $true
    }
    $file = Join-Path -Path ([IO.Path]::GetTempPath()) -ChildPath ([IO.Path]::GetRandomFileName())
    try {
        $name = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $Account
        $sid = $name.Translate([Security.Principal.SecurityIdentifier]).Value
        $null = & "$env:SystemRoot\System32\secedit.exe" /export /cfg $file /areas USER_RIGHTS /quiet
        foreach ($line in @(Get-Content -LiteralPath $file)) {
            $right, $holders = $line.Split('=', 2)
            if ($right.Trim() -eq 'SeServiceLogonRight') {
                $listed = @("$holders".Split(',').Trim())
                return ($listed -contains "*$sid" -or $listed -contains $Account)
            }
        }
        return $false
    } catch {
        return $false
    } finally {
        [IO.File]::Delete($file)
    }
}
