# Gives a service another account. The password goes to Windows through WMI, and is on no command line. Windows does not give the
# account the right to log on as a service then: what it lacks is said also where nothing is changed (yet).
function Set-ServiceAccount {
    param([string] $Title, [string] $Service, [string] $From, [string] $To, [Management.Automation.PSCredential] $Credential)
    if ($null -ne $Credential -and $Credential.UserName -ne $To) {
        throw "Stopped: ${Title}: what was given is the password of another account than $To."
    }
    $found = Get-CimInstance -ClassName Win32_Service -Filter "Name = '$Service'"
    if ($null -eq $found) {
        throw "Stopped: ${Title}: there is no service $Service here. Audit again."
    }
    $now = $found.StartName
    if (-not (Test-ServiceLogonRight -Account $To)) {
        Write-Warning -Message "The machine does not list $To itself for the right to log on as a service. Unless one of its groups has it: secpol.msc, Local Policies, User Rights Assignment, Log on as a service, Add User or Group. Without it, the service does not start."
    }
    Invoke-Change -Title $Title -IsDone ($now -eq $To) -IsAudited ($now -eq $From) -Do {
        $changes = @{ StartName = $To }
        if ($null -ne $Credential) {
            $changes['StartPassword'] = $Credential.GetNetworkCredential().Password
        } elseif ($To -eq 'LocalSystem' -or $To -like 'NT AUTHORITY\*') {
            $changes['StartPassword'] = ''
        }
        $answer = Invoke-CimMethod -InputObject $found -MethodName 'Change' -Arguments $changes
        if ($answer.ReturnValue -ne 0) {
            throw "Windows did not give $Service the account $To; Win32_Service.Change returned $($answer.ReturnValue)."
        }
    }
}
