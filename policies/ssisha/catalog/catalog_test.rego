package ssisha.catalog_test

import data.ssisha.catalog
import data.ssisha.lib.fixtures

test_a_catalog_that_was_not_seen_leaves_it_open[why] if {
	some why, unseen in fixtures.unseen
	catalog.doubtful with input as {"catalog": {"properties": unseen}}
}

test_a_catalog_that_is_there_or_is_not_leaves_nothing_open if {
	not catalog.doubtful with input as {"catalog": {"properties": fixtures.absent}}
	not catalog.doubtful with input as {"catalog": {"properties": fixtures.observed({})}}
}
