-- No row: the instance is in no cluster, or the cluster has no quorum.
SELECT cluster_name, quorum_state_desc FROM sys.dm_hadr_cluster;
