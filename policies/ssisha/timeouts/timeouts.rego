# METADATA
# description: >-
#   SqlConnectionTimeoutInSecs of the nodes, and what it ought to be: a client that tries a listener's addresses one after
#   another needs the time of two attempts.
package ssisha.timeouts

import data.ssisha.availability

text[node.name] := trim_space(node.master_settings.value.sql_connection_timeout_in_secs) if some node in input.nodes

# 15 where the settings do not say.
seconds[node] := 15 if some node, "" in text

seconds[node] := to_number(digits) if {
	some node, written in text
	regex.match(`^[0-9]{1,9}$`, written)
	digits := trim_left(written, "0")
	digits != ""
}

seconds[node] := 0 if {
	some node, written in text
	regex.match(`^0{1,9}$`, written)
}

minimum := {true: 30, false: 15}[availability.spans_subnets]

long_enough contains node if {
	some node, value in seconds
	value >= minimum
}

long_enough contains node if {
	some node, value in seconds
	value >= 30
}

too_short contains node if {
	some node, value in seconds
	value < minimum
}

too_short contains node if {
	some node, value in seconds
	value < 15
}

# Whether it is enough depends on the listener, which was not observed.
undecided contains node if {
	some node in object.keys(seconds)
	not node in long_enough
	not node in too_short
}
