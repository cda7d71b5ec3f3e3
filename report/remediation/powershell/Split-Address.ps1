# The IPv4 addresses of a text that has commas between them.
function Split-Address {
    param([string] $Text)
    foreach ($part in $Text.Split(',')) {
        $address = $null
        if ($part.Trim() -notmatch '^[0-9]{1,3}(\.[0-9]{1,3}){3}$' -or -not [Net.IPAddress]::TryParse($part.Trim(), [ref] $address)) {
            throw "$part is no IPv4 address."
        }
        $part.Trim()
    }
}
