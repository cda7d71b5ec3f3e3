SELECT TOP (10001)
    g.name AS group_name,
    d.database_name
FROM sys.availability_databases_cluster AS d
LEFT JOIN sys.availability_groups AS g ON g.group_id = d.group_id;
