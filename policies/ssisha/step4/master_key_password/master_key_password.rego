# METADATA
# title: The replica can open SSISDB's master key
# description: >-
#   Each replica that may take over stores the password of SSISDB's database master key: its sys.master_key_passwords has
#   the family_guid that SSISDB has in sys.database_recovery_status on the primary or, where that does not tell, on itself.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-control-dbmasterkey-password-transact-sql
# custom:
#   id: HA-4.10
#   severity: high
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance", "replicas[].master_key_passwords"]
#   actions: [store-master-key-password]
#   rationale: >-
#     The key is encrypted by the service master key of one instance. Every other one that takes SSISDB over needs the stored
#     password to open it; without, no connection string, parameter or package can be decrypted after the failover.
#   fix: >-
#     On the replica, with the password of the master key (the one given when the catalog was created): `EXEC
#     sp_control_dbmasterkey_password @db_name = N'SSISDB', @password = N'<master key password>', @action = N'add';`.
package ssisha.step4.master_key_password

import data.ssisha.availability

own[replica.name] := replica.master_key_passwords.value.ssisdb_family if {
	some replica in input.replicas
	replica.master_key_passwords.value.ssisdb_family != ""
}

answered contains own[name] if some name in availability.answering

# SSISDB's family, and the observations that it and the stored passwords are from, by replica.
family[name] := own[name] if {
	some name in object.keys(availability.known_as)
	count(answered) == 0
}

family[name] := other if {
	some name in object.keys(availability.known_as)
	count(answered) == 1
	some other in answered
	object.get(own, name, other) == other
}

seen_at[name] := availability.evidence if some name in object.keys(own)

seen_at[name] := array.concat(
	availability.evidence,
	[sprintf("replicas[%s].master_key_passwords", [other]) | some other in availability.answering],
) if {
	some name in object.keys(availability.known_as)
	not own[name]
}

stored[replica.name] contains guid if {
	some replica in input.replicas
	some guid in replica.master_key_passwords.value.families
}

checks contains {
	"subject": replica.name,
	"compliant": family[replica.name] in object.get(stored, replica.name, set()),
	"message": "This replica stores no password for SSISDB's database master key.",
	"expected": sprintf("a stored password for the family %s", [family[replica.name]]),
	"actual": sprintf("%d stored passwords: %s", [
		count(object.get(stored, replica.name, set())),
		concat(", ", object.get(stored, replica.name, set())),
	]),
	"evidence": seen_at[replica.name],
	"remediation": {
		"action": "store-master-key-password", "target": replica.name, "parameters": {"family": family[replica.name]},
	},
} if {
	availability.groups_seen
	some replica in input.replicas
	replica.master_key_passwords.status == "observed"
	availability.known_as[replica.name] in availability.member_identifiers
	not replica.name in primary_without
}

# The primary opens the key: it serves SSISDB. How, no view tells; a stored password is one way.
primary_without contains replica.name if {
	some replica in input.replicas
	replica.name in availability.answering
	input.catalog.instance.value.ssisdb_primary
	replica.master_key_passwords.status == "observed"
	family[replica.name]
	not family[replica.name] in object.get(stored, replica.name, set())
}

not_applicable contains {
	"subject": name,
	"reason": "it is the primary, which opens the key now; the password is for the replicas that take over",
} if {
	some name in primary_without
}

unknowns contains reason if some reason in availability.unknown_membership

unknowns contains {
	"subject": replica.name,
	"reason": "neither it nor the instance that answered for SSISDB tells which family of databases SSISDB is of",
} if {
	some replica in input.replicas
	not family[replica.name]
	not other_family[replica.name]
}

# A copy of SSISDB that is no part of the group's.
other_family[name] := told if {
	some name, told in own
	count(answered) == 1
	not told in answered
}

unknowns contains {
	"subject": name,
	"reason": "its SSISDB is of another family of databases than the one of the instance that answered for SSISDB",
} if {
	some name, _ in other_family
}

not_applicable contains reason if some reason in availability.without_membership
