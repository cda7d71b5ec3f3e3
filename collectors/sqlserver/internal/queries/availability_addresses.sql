SELECT TOP (10001)
    listener_id,
    ip_address,
    ip_subnet_mask,
    state_desc
FROM sys.availability_group_listener_ip_addresses;
