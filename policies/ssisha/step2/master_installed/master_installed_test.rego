package ssisha.step2.master_installed_test

import data.ssisha.lib.fixtures
import data.ssisha.step2.master_installed

with_service(service) := fixtures.document({"nodes": [fixtures.node("SQLA", {"master_service": service})]})

test_an_installed_service_passes[name] if {
	some name in {"SSISScaleOutMaster140", "SSISScaleOutMaster150", "SSISScaleOutMaster160"}
	service := fixtures.observed({"name": name, "account": `CONTOSO\svc-ssis`})
	fixtures.passes(master_installed.checks, "SQLA") with input as with_service(service)
}

test_a_node_without_the_service_is_a_deviation if {
	fixtures.deviates(master_installed.checks, "SQLA") with input as with_service(fixtures.absent)
}

test_each_node_is_judged_by_itself if {
	nodes := [fixtures.node("SQLA", {}), fixtures.node("SQLB", {"master_service": fixtures.absent})]
	said := master_installed.checks with input as fixtures.document({"nodes": nodes})
	fixtures.passes(said, "SQLA")
	fixtures.deviates(said, "SQLB")
}

test_a_service_that_was_not_looked_for_is_unknown[why] if {
	some why, service in fixtures.unseen
	fixtures.undecided(master_installed.checks, "SQLA") with input as with_service(service)
}
