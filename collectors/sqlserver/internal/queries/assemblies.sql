-- The hash is the one by which sys.trusted_assemblies knows an assembly; its content is the first of its files.
SELECT TOP (10001) a.name, HASHBYTES('SHA2_512', f.content) AS hash
FROM SSISDB.sys.assemblies AS a
LEFT JOIN SSISDB.sys.assembly_files AS f ON f.assembly_id = a.assembly_id AND f.file_id = 1
WHERE a.is_user_defined = 1;
