-- The only procedure that ssisaudit calls. It changes nothing; it needs ssis_admin.
DECLARE @connection_string nvarchar(max);
EXEC SSISDB.internal.get_log_dbconnection @connection_string = @connection_string OUTPUT;
SELECT @connection_string AS connection_string;
