# Changes or adds a key in what Open-Settings gave. A number in JSON stays one, and a new key for a number becomes one. An empty
# text is, in JSON, a key that is not there, as for Get-SettingsValue: it is taken out, for a service may not take it for a
# number.
function Set-SettingsValue {
    param([object] $Settings, [string] $Key, [string] $Value)
    $place = Find-SettingsKey -Settings $Settings -Key $Key
    if ($null -eq $place) {
        throw "The settings file has no place for $Key. Add the key by hand, and run this again."
    }
    if ($place -is [Xml.XmlNode]) {
        $place.InnerText = $Value
        return
    }
    $member = $place.PSObject.Properties[$Key]
    $isNew = $null -eq $member -or $null -eq $member.Value
    if ($isNew) {
        $isNumber = $Key -match '^(PortNumber|[A-Za-z]+InMs|[A-Za-z]+InSecs)$'
    } else {
        $isNumber = $member.Value -is [ValueType]
    }
    $written = $Value
    if ($isNumber -and $Value -match '^[0-9]{1,9}$') {
        $written = [int] $Value
    }
    if ($Value.Length -eq 0) {
        $place.PSObject.Properties.Remove($Key)
    } elseif ($null -eq $member) {
        Add-Member -InputObject $place -MemberType NoteProperty -Name $Key -Value $written
    } else {
        $member.Value = $written
    }
}
