-- Outside ssis_admin, ssis_cluster_executor and sysadmin the view has no rows and gives no error. It asks for roles of
-- the current database, so that this must run in SSISDB.
SELECT TOP (10001)
    CONVERT(nvarchar(128), WorkerAgentId) AS WorkerAgentId,
    IsEnabled,
    DisplayName,
    MachineName,
    Tags,
    UserAccount,
    LastOnlineTime
FROM SSISDB.catalog.worker_agents;
