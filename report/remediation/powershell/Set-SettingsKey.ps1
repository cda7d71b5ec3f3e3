# Sets a key of MasterSettings.config or WorkerSettings.config. The old file stays beside the new one.
function Set-SettingsKey {
    param([string] $Title, [string] $Path, [string] $Format, [string] $Key, [string] $From, [string] $To)
    $text = [IO.File]::ReadAllText($Path)
    $settings = Open-Settings -Text $text -Format $Format
    $now = Get-SettingsValue -Settings $settings -Key $Key
    Invoke-Change -Title $Title -IsDone ($now -ceq $To) -IsAudited ($now -ceq $From) -Do {
        Set-SettingsValue -Settings $settings -Key $Key -Value $To
        Save-Settings -Settings $settings -Path $Path
        $saved = Open-Settings -Text ([IO.File]::ReadAllText($Path)) -Format $Format
        if ((Get-SettingsValue -Settings $saved -Key $Key) -cne $To) {
            throw "$Path does not say what was written; its old content is in the newest .bak file beside it."
        }
    }
}
