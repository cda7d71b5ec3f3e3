-- The tables, whose rows are seen all or none: the views of msdb hide the jobs of others.
SELECT TOP (10001) j.name, j.enabled, SUM(CASE WHEN s.enabled = 1 THEN 1 ELSE 0 END) AS enabled_schedules
FROM msdb.dbo.sysjobs AS j
LEFT JOIN msdb.dbo.sysjobschedules AS js ON js.job_id = j.job_id
LEFT JOIN msdb.dbo.sysschedules AS s ON s.schedule_id = js.schedule_id
WHERE j.name IN (N'SSIS Failover Monitor Job', N'SSIS Server Maintenance Job')
GROUP BY j.job_id, j.name, j.enabled;
