-- SERVERPROPERTY gives sql_variant, hence the conversions.
SELECT
    CONVERT(nvarchar(128), SERVERPROPERTY(N'ServerName')) AS server_name,
    CONVERT(nvarchar(128), @@SERVERNAME) AS local_server_name,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'MachineName')) AS machine_name,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'ComputerNamePhysicalNetBIOS')) AS physical_machine_name,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'InstanceName')) AS instance_name,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductVersion')) AS product_version,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductLevel')) AS product_level,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductUpdateLevel')) AS product_update_level,
    CONVERT(nvarchar(128), SERVERPROPERTY(N'Edition')) AS edition,
    CONVERT(int, SERVERPROPERTY(N'EngineEdition')) AS engine_edition,
    CONVERT(bit, SERVERPROPERTY(N'IsClustered')) AS clustered,
    CONVERT(bit, SERVERPROPERTY(N'IsHadrEnabled')) AS hadr_enabled,
    CONVERT(bit, SERVERPROPERTY(N'IsIntegratedSecurityOnly')) AS windows_authentication_only,
    SYSDATETIMEOFFSET() AS now;
