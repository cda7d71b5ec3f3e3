# Finds where a key is kept: the object that has it in JSON, the node with its text in XML; $null where there is none.
function Find-SettingsKey {
    param([object] $Settings, [string] $Key)
    if ($Settings -isnot [Xml.XmlDocument]) {
        $members = @($Settings.PSObject.Properties)
        if ($members.Count -eq 1 -and $members[0].Value -is [Management.Automation.PSCustomObject]) {
            return $members[0].Value
        }
        return $Settings
    }
    foreach ($element in $Settings.SelectNodes('//*')) {
        if ($element.LocalName -eq $Key) {
            return , $element
        }
        if ($element.LocalName -eq 'add' -and $element.GetAttribute('key') -eq $Key) {
            return , $element.GetAttributeNode('value')
        }
        if ($element.LocalName -eq 'setting' -and $element.GetAttribute('name') -eq $Key) {
            return , $element.SelectSingleNode('*')
        }
    }
}
