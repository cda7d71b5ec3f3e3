-- The view leaves out the encrypted logging connection string.
SELECT TOP (10001) property_name, property_value FROM SSISDB.catalog.master_properties;
