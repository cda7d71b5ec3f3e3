# Reads the text of a settings file: an XML document, or an object for JSON.
function Open-Settings {
    param([string] $Text, [string] $Format)
    if ($Format -eq 'json') {
        return ConvertFrom-Json -InputObject $Text
    }
    $document = New-Object -TypeName Xml.XmlDocument
    $document.XmlResolver = $null
    $document.PreserveWhitespace = $true
    $document.LoadXml($Text)
    return , $document
}
