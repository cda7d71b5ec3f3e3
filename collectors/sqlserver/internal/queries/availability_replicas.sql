SELECT TOP (10001)
    g.name AS group_name,
    r.replica_server_name,
    r.endpoint_url,
    r.availability_mode_desc,
    r.failover_mode_desc,
    r.seeding_mode_desc,
    r.secondary_role_allow_connections_desc
FROM sys.availability_replicas AS r
LEFT JOIN sys.availability_groups AS g ON g.group_id = r.group_id;
