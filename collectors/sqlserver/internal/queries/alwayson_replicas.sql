SELECT TOP (10001) server_name, CONVERT(int, state) AS state FROM SSISDB.catalog.alwayson_replicas;
