# Lets the account of a service read the private key of a certificate, which is a file of the cryptographic service provider.
function Grant-KeyAccess {
    param([string] $Path, [string] $Service)
    $found = Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = '$Service'"
    if ($null -eq $found) {
        throw "There is no service $Service. Audit again."
    }
    $account = $found.StartName -replace '^\.\\', "$env:COMPUTERNAME\"
    if ($account -eq 'LocalSystem') {
        return
    }
    $name = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $account
    $sid = $name.Translate([Security.Principal.SecurityIdentifier])
    $key = (Get-Item -LiteralPath $Path).PrivateKey.CspKeyContainerInfo.UniqueKeyContainerName
    $file = Join-Path -Path $env:ProgramData -ChildPath "Microsoft\Crypto\RSA\MachineKeys\$key"
    $access = [IO.File]::GetAccessControl($file)
    $rule = New-Object -TypeName Security.AccessControl.FileSystemAccessRule -ArgumentList $sid, 'Read', 'Allow'
    $access.AddAccessRule($rule)
    [IO.File]::SetAccessControl($file, $access)
}
