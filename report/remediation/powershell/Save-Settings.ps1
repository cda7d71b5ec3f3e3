# Writes settings in their format, as UTF-8 without a byte order mark. The old file is kept, and so are its permissions.
function Save-Settings {
    param([object] $Settings, [string] $Path)
    if ($Settings -is [Xml.XmlDocument]) {
        if ($Settings.FirstChild -is [Xml.XmlDeclaration]) {
            $Settings.FirstChild.Encoding = 'utf-8'
        }
        $text = $Settings.OuterXml
    } else {
        $text = ConvertTo-Json -InputObject $Settings -Depth 32
    }
    $fresh = "$Path.new"
    $backup = "$Path.$(Get-Date -Format 'yyyyMMdd-HHmmss-fff').bak"
    [IO.File]::WriteAllText($fresh, $text, (New-Object -TypeName Text.UTF8Encoding -ArgumentList $false))
    [IO.File]::Replace($fresh, $Path, $backup)
}
