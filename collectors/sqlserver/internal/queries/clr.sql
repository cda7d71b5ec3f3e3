-- value and value_in_use are sql_variant, hence the conversions.
SELECT CONVERT(int, value) AS value, CONVERT(int, value_in_use) AS value_in_use
FROM sys.configurations
WHERE name = N'clr enabled';
