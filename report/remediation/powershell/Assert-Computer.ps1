# Stops on any other machine than the one that the script was written for.
function Assert-Computer {
    param([string] $Name)
    if ($env:COMPUTERNAME -ne $Name) {
        throw "This is $env:COMPUTERNAME. The script is for $Name; run it there."
    }
}
