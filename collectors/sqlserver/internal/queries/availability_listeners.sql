-- port is NULL for a listener that was made in the cluster and given no port.
SELECT TOP (10001)
    g.name AS group_name,
    l.listener_id,
    l.dns_name,
    l.port,
    l.is_conformant
FROM sys.availability_group_listeners AS l
LEFT JOIN sys.availability_groups AS g ON g.group_id = l.group_id;
