SELECT TOP (10001) hash FROM sys.trusted_assemblies;
