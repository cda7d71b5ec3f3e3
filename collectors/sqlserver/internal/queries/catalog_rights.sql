-- Run in SSISDB: roles are those of the current database.
SELECT
    USER_NAME() AS user_name,
    IS_SRVROLEMEMBER(N'sysadmin') AS sysadmin,
    IS_MEMBER(N'ssis_admin') AS ssis_admin,
    IS_MEMBER(N'ssis_cluster_executor') AS ssis_cluster_executor,
    HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'VIEW DEFINITION') AS view_definition,
    HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'VIEW SECURITY DEFINITION') AS view_security_definition;
