-- No row: there is no such procedure, or this login may not see it.
SELECT TOP (10001) p.name, p.is_auto_executed
FROM master.sys.procedures AS p
WHERE p.name = N'sp_ssis_startup' AND p.schema_id = SCHEMA_ID(N'dbo');
