-- What this login may see. NULL: this version of SQL Server does not know the permission.
SELECT
    SUSER_SNAME() AS login_name,
    IS_SRVROLEMEMBER(N'sysadmin') AS sysadmin,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DATABASE') AS view_any_database,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY DEFINITION') AS view_any_definition,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW ANY SECURITY DEFINITION') AS view_any_security_definition,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE') AS view_server_state,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER PERFORMANCE STATE') AS view_server_performance_state,
    HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER SECURITY STATE') AS view_server_security_state;
