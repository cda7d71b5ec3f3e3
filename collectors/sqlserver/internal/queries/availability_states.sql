-- A secondary shows its own row only. The database's columns are NULL where there is no row for SSISDB.
SELECT TOP (10001)
    g.name AS group_name,
    r.replica_server_name,
    s.role_desc,
    s.connected_state_desc,
    s.synchronization_health_desc,
    d.synchronization_state_desc,
    d.is_suspended
FROM sys.dm_hadr_availability_replica_states AS s
LEFT JOIN sys.availability_groups AS g ON g.group_id = s.group_id
LEFT JOIN sys.availability_replicas AS r ON r.replica_id = s.replica_id AND r.group_id = s.group_id
LEFT JOIN sys.availability_databases_cluster AS c ON c.group_id = s.group_id AND c.database_name = N'SSISDB'
LEFT JOIN sys.dm_hadr_database_replica_states AS d
    ON d.group_id = s.group_id AND d.replica_id = s.replica_id AND d.group_database_id = c.group_database_id;
