-- One row, whose database_id is NULL where this login sees no SSISDB. replica_id is NULL for a database that is in no
-- availability group; is_primary needs VIEW SERVER STATE, and is asked for only in one.
SELECT
    d.database_id,
    d.state_desc,
    d.replica_id,
    CASE WHEN d.replica_id IS NOT NULL THEN sys.fn_hadr_is_primary_replica(N'SSISDB') END AS is_primary
FROM (SELECT N'SSISDB' AS name) AS wanted
LEFT JOIN sys.databases AS d ON d.name = wanted.name;
