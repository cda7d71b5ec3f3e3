# METADATA
# description: >-
#   SqlConnectionTimeoutInSecs of the nodes, and what it ought to be: a client that tries a listener's addresses one after
#   another needs the time of two attempts.
package ssisha.timeouts

import data.ssisha.availability
import data.ssisha.machines

key := "SqlConnectionTimeoutInSecs"

text[node] := trim_space(written) if some node, written in machines.written[key]

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

# What it ought to be on all nodes, as text: what most of those have that wait long enough. Where two values are as frequent,
# that is the default if it is one of them, and the longer one if there are nodes to be changed anyway (HA-5.3). Thirty
# seconds are enough, whatever the listener.
enough[node] := sprintf("%d", [seconds[node]]) if some node in long_enough

wanted := machines.usual(enough) if {
	count(enough) > 0
} else := "15" if {
	"15" in machines.most_frequent(enough)
} else := sprintf("%d", [max({seconds[node] | some node in long_enough})]) if {
	count(enough) > 0
	count(too_short) > 0
} else := sprintf("%d", [minimum]) if {
	count(enough) == 0
} else := "30" if {
	count(enough) == 0
}
