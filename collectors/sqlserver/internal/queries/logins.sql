-- type: U Windows user, G Windows group, S SQL login, K made from an asymmetric key.
SELECT TOP (10001)
    p.name,
    p.sid,
    CONVERT(nvarchar(1), p.type) AS type,
    p.is_disabled,
    l.is_policy_checked
FROM sys.server_principals AS p
LEFT JOIN sys.sql_logins AS l ON l.principal_id = p.principal_id
WHERE p.type IN ('U', 'G') OR (p.type IN ('S', 'K') AND p.name LIKE N'##MS[_]%##');
