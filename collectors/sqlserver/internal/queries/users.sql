-- A user has one row for each role it is a direct member of, and one row when it is in none.
SELECT TOP (10001)
    u.name,
    u.sid,
    CONVERT(nvarchar(1), u.type) AS type,
    m.role_principal_id,
    r.name AS role_name
FROM SSISDB.sys.database_principals AS u
LEFT JOIN SSISDB.sys.database_role_members AS m ON m.member_principal_id = u.principal_id
LEFT JOIN SSISDB.sys.database_principals AS r ON r.principal_id = m.role_principal_id
WHERE u.type IN ('S', 'U', 'G');
