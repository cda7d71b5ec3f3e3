# The text of a key; empty where the file has none.
function Get-SettingsValue {
    param([object] $Settings, [string] $Key)
    $place = Find-SettingsKey -Settings $Settings -Key $Key
    if ($null -eq $place) {
        return ''
    }
    if ($place -is [Xml.XmlNode]) {
        return $place.InnerText
    }
    $member = $place.PSObject.Properties[$Key]
    if ($null -eq $member) {
        return ''
    }
    return "$($member.Value)"
}
