# METADATA
# title: The replica trusts SSISDB's assembly
# description: >-
#   Either the replica has the login ##MS_SQLEnableSystemAssemblyLoadingUser##, or the hashes of SSISDB's assemblies are in
#   its sys.trusted_assemblies. Either is right.
# related_resources:
#   - ref: https://learn.microsoft.com/en-us/sql/database-engine/configure-windows/clr-strict-security
# custom:
#   id: HA-4.9
#   severity: medium
#   topologies: [availability-group]
#   subject: replica
#   needs: ["catalog.instance", "catalog.alwayson_replicas"]
#   actions: [trust-assembly]
#   rationale: >-
#     SQL Server loads no assembly that it does not trust. A replica that does not trust SSISDB's takes it over and can
#     start no execution.
#   fix: >-
#     Run "Enable Always On Support" on Integration Services Catalogs in SSMS again, connected to the primary, with a
#     connection to this replica as sysadmin.
package ssisha.step4.trusted_assembly

import data.ssisha.always_on_support as support

login := "##MS_SQLEnableSystemAssemblyLoadingUser##"

with_login contains replica.name if {
	some replica in input.replicas
	some row in replica.logins.value
	lower(row.name) == lower(login)
}

without_login contains replica.name if {
	some replica in input.replicas
	replica.logins.status in {"observed", "absent"}
	not replica.name in with_login
}

# Assemblies that a site added to SSISDB are its own affair.
hashes contains assembly.hash if {
	some assembly in input.catalog.assemblies.value
	lower(assembly.name) == "isserver"
}

# Whether the replica's list of trusted assemblies has all of SSISDB's: true, false, or undefined where it is not known.
trusted[replica.name] := count(hashes - trusting) == 0 if {
	some replica in input.replicas
	count(hashes) > 0
	trusting := {hash | some hash in replica.trusted_assemblies.value}
	replica.trusted_assemblies.status == "observed"
}

# What is missing in it.
missing[replica.name] contains assembly if {
	some replica in input.replicas
	some assembly in input.catalog.assemblies.value
	assembly.hash in hashes
	not assembly.hash in {hash | some hash in replica.trusted_assemblies.value}
}

by_login(replica) := array.concat(support.evidence, [sprintf("replicas[%s].logins", [replica])])

by_hash(replica) := array.concat(support.evidence, [
	"catalog.assemblies",
	sprintf("replicas[%s].trusted_assemblies", [replica]),
])

checks contains {
	"subject": replica,
	"compliant": true,
	"expected": login,
	"actual": login,
	"evidence": by_login(replica),
} if {
	some replica in (support.enabled & with_login)
}

checks contains {
	"subject": replica,
	"compliant": true,
	"expected": "SSISDB's assemblies in sys.trusted_assemblies",
	"actual": "SSISDB's assemblies in sys.trusted_assemblies",
	"evidence": by_hash(replica),
} if {
	some replica in (support.enabled - with_login)
	trusted[replica]
}

checks contains {
	"subject": replica,
	"compliant": false,
	"message": "This replica does not trust the assembly of SSISDB.",
	"expected": sprintf("SSISDB's assemblies in sys.trusted_assemblies, or the login %s", [login]),
	"actual": "neither",
	"remediation": {{
		"action": "trust-assembly", "target": replica,
		"parameters": {"name": assembly.name, "hash": assembly.hash},
	} |
		some assembly in missing[replica]
	},
	"evidence": array.concat(by_hash(replica), by_login(replica)),
} if {
	some replica in (support.enabled & without_login)
	trusted[replica] == false
}

unknowns contains {
	"subject": replica,
	"reason": concat("; ", array.concat(
		[sprintf("neither the login %s nor a trusted hash was seen, and not all of both was observed", [login])],
		[error | some error in (object.get(unseen, replica, set()) | unseen_assemblies)],
	)),
} if {
	some replica in (support.enabled - with_login)
	not trusted[replica]
}

# Why: either observation would do, so that neither is one of the rule's needs.
unseen[replica.name] contains replica.logins.error if {
	some replica in input.replicas
	replica.logins.status in {"failed", "skipped"}
}

unseen[replica.name] contains replica.trusted_assemblies.error if {
	some replica in input.replicas
	replica.trusted_assemblies.status in {"failed", "skipped"}
}

unseen_assemblies contains input.catalog.assemblies.error if {
	input.catalog.assemblies.status in {"failed", "skipped"}
}

unknowns contains reason if some reason in support.unknowns

not_applicable contains reason if some reason in support.not_applicable
