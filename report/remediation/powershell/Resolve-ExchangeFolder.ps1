# Stops where the folder for certificates cannot be used, before anything is changed. A relative path is another one for .NET,
# and an elevated session does not have the drives of its user.
function Resolve-ExchangeFolder {
    param([string] $Folder)
    if ($Folder -notmatch '^([A-Za-z]:\\|\\\\[^\\/]+\\[^\\/])' -or $Folder -match '[\[\]*?]') {
        throw "Exchange has to be written in full, as \\server\share\folder, without quotes, brackets and wildcards. It is: $Folder"
    }
    if (-not [IO.Directory]::Exists($Folder)) {
        throw "There is no folder $Folder that this session sees. Create it; and instead of a drive that only you have, write \\server\share\folder."
    }
    if ((Get-Location).Provider.Name -ne 'FileSystem') {
        throw 'This session is in no folder, but in something else that PowerShell shows as one. First: Set-Location -LiteralPath C:\'
    }
    return $Folder
}
