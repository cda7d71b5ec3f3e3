# Runs netsh, which says in its exit code only that something went wrong, and in words what.
function Invoke-Netsh {
    param([string[]] $Words)
    $said = & "$env:SystemRoot\System32\netsh.exe" $Words
    if ($LASTEXITCODE -ne 0) {
        throw "netsh $Words said: $said"
    }
}
