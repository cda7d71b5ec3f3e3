-- All columns: is_contained exists from SQL Server 2022 only.
SELECT TOP (10001) * FROM sys.availability_groups;
