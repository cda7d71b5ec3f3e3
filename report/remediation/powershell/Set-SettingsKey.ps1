# Sets a key of MasterSettings.config or WorkerSettings.config. The old file stays beside the new one. Values are compared
# character by character: for PowerShell's own operators, one that cannot be seen is none.
function Set-SettingsKey {
    param([string] $Title, [string] $Path, [string] $Format, [string] $Key, [string] $From, [string] $To)
    $text = [IO.File]::ReadAllText($Path)
    $settings = Open-Settings -Text $text -Format $Format
    $now = Get-SettingsValue -Settings $settings -Key $Key
    $isRight = [string]::Equals($now, $To, [StringComparison]::Ordinal)
    $isKnown = [string]::Equals($now, $From, [StringComparison]::Ordinal)
    Invoke-Change -Title $Title -IsDone $isRight -IsAudited $isKnown -Do {
        Set-SettingsValue -Settings $settings -Key $Key -Value $To
        Save-Settings -Settings $settings -Path $Path
        $saved = Open-Settings -Text ([IO.File]::ReadAllText($Path)) -Format $Format
        if (-not [string]::Equals((Get-SettingsValue -Settings $saved -Key $Key), $To, [StringComparison]::Ordinal)) {
            throw "$Path does not say what was written; its old content is in the newest .bak file beside it."
        }
    }
}
