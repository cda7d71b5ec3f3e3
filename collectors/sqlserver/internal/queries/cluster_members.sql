SELECT TOP (10001) member_name, member_type_desc, member_state_desc FROM sys.dm_hadr_cluster_members;
