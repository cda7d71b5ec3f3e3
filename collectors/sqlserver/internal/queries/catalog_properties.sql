SELECT TOP (10001) property_name, property_value FROM SSISDB.catalog.catalog_properties;
