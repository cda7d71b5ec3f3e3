-- The nodes of a failover cluster instance; no row elsewhere.
SELECT TOP (10001) NodeName, status_description FROM sys.dm_os_cluster_nodes;
