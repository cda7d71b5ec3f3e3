-- The database that a stored password belongs to; the password itself is in no view.
SELECT TOP (10001) CONVERT(nvarchar(36), family_guid) AS family_guid FROM master.sys.master_key_passwords;
