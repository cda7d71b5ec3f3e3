-- No row where this login sees no SSISDB, NULL where the copy of SSISDB is not open.
SELECT TOP (10001) CONVERT(nvarchar(36), family_guid) AS family_guid
FROM sys.database_recovery_status
WHERE database_id = DB_ID(N'SSISDB');
