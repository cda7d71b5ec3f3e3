# METADATA
# description: >-
#   The one port on which every node's Scale Out Master is to listen, and what puts it there. Decided here once, for all rules
#   that ask for something at that port.
package ssisha.master_port

import data.ssisha.lib.urls
import data.ssisha.machines

stated := sprintf("%d", [input.deployment.expected.master_port]) if input.deployment.expected.master_port != 0

form := `^[1-9][0-9]{0,4}$`

# The stated one, else the one in the master address, else the one that most nodes have.
right := stated if stated

else := addressed if {
	addressed := urls.parse(input.catalog.master.value.address).port
	regex.match(form, addressed)
} else := usual if {
	usual := machines.usual(machines.port)
	regex.match(form, usual)
}

default remedy := set()

remedy := machines.agreeing("PortNumber", right, machines.port) if to_number(right) <= 65535

changed contains asked.target if some asked in remedy

# What a node listens on when all is put right.
settled[name] := right if some name in changed

settled[name] := port if {
	some name, port in machines.port
	not name in changed
}
