# Changes or adds a key in what Open-Settings gave. A number in JSON stays one. An empty text is, in JSON, a key that is not
# there, as for Get-SettingsValue: it is taken out, for a service may not take it for a number.
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
    if ($Value -eq '') {
        $place.PSObject.Properties.Remove($Key)
    } elseif ($null -eq $member) {
        Add-Member -InputObject $place -MemberType NoteProperty -Name $Key -Value $Value
    } elseif ($member.Value -is [ValueType] -and $Value -match '^[0-9]{1,9}$') {
        $member.Value = [int] $Value
    } else {
        $member.Value = $Value
    }
}
