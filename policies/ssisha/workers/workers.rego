# METADATA
# description: >-
#   The workers: those that the inventory names, those that the catalog has registered, and which of the latter are online
#   by the clock of the server that told it.
package ssisha.workers

import data.ssisha.lib.accounts
import data.ssisha.lib.text
import data.ssisha.lib.thumbprints
import data.ssisha.lib.times
import data.ssisha.machines
import data.ssisha.master_certificate

# The host name of each worker that told it, and the workers by it, as the catalog has it: 15 characters at most.
host_name[worker.name] := text.filled(worker.identity.value.computer_name, worker.identity.value.host_name) if {
	some worker in input.workers
}

by_machine[accounts.netbios(host)] contains name if some name, host in host_name

# The settings of each worker were looked for.
settings_seen if {
	count(input.workers) > 0
	every worker in input.workers {
		worker.worker_settings.status in {"observed", "absent"}
	}
}

# Why rules about a worker's settings have nothing to look at there.
without_settings contains {"subject": worker.name, "reason": "there is no WorkerSettings.config (HA-9.2)"} if {
	some worker in input.workers
	worker.worker_settings.status == "absent"
}

# The thumbprint of the certificate that a worker's settings name as its own.
thumbprint[worker.name] := digits if {
	some worker in input.workers
	digits := thumbprints.clean(worker.worker_settings.value.worker_https_cert_thumbprint)
	digits != ""
}

# The master certificate, as the nodes' settings name it.
master_thumbprints contains thumbprints.clean(node.master_settings.value.ssl_cert_thumbprint) if {
	some node in input.nodes
	thumbprints.clean(node.master_settings.value.ssl_cert_thumbprint) != ""
}

# The master certificate that workers are to name: the nodes' settings were seen, and agree on one that stays.
master_thumbprint := digits if {
	machines.settings_seen
	not master_certificate.new_certificate
	count(master_thumbprints) == 1
	some digits in master_thumbprints
}

# What sets a key of a worker's WorkerSettings.config.
setting(name, key, value, audited) := {"action": "set-worker-setting", "target": name, "parameters": {
	"worker": name, "path": written.path, "format": written.format, "key": key, "value": value, "audited": audited,
}} if {
	some worker in input.workers
	worker.name == name
	written := worker.worker_settings.value
}

# intervals[worker] are the seconds that may be between its heartbeats: 60 where its settings leave the default, and
# anything up to a day where they do not tell.
intervals[worker.name] := {60} if {
	some worker in input.workers
	worker.worker_settings.status == "absent"
}

intervals[worker.name] := {60} if {
	some worker in input.workers
	trim_space(worker.worker_settings.value.agent_heartbeat_interval) == ""
}

intervals[worker.name] := {seconds} if {
	some worker in input.workers
	some m in regex.find_all_string_submatch_n(
		`^([01]?[0-9]|2[0-3]):([0-5]?[0-9]):([0-5]?[0-9])(?:[.][0-9]+)?$`,
		trim_space(worker.worker_settings.value.agent_heartbeat_interval), 1,
	)
	seconds := ((number(m[1]) * 3600) + (number(m[2]) * 60)) + number(m[3])
	seconds > 0
}

number(digits) := to_number(concat("", ["0", trim_left(digits, "0")])) if trim_left(digits, "0") == ""

number(digits) := to_number(trim_left(digits, "0")) if trim_left(digits, "0") != ""

any_interval := {0, 86400}

# Those of a registered worker that the inventory does not name, or that is one which did not tell its name.
other_intervals contains 60

other_intervals contains seconds if {
	some worker in input.workers
	not host_name[worker.name]
	some seconds in object.get(intervals, worker.name, any_interval)
}

# Registered workers are known by their place in the list: a name may be there twice.
machine[i] := accounts.netbios(agent.machine_name) if some i, agent in input.catalog.workers.value

intervals_of[i] contains seconds if {
	some i, name in machine
	some worker in by_machine[name]
	some seconds in object.get(intervals, worker, any_interval)
}

intervals_of[i] contains seconds if {
	some i, name in machine
	not by_machine[name]
	some seconds in other_intervals
}

now := times.seconds(input.catalog.instance.value.now)

age[i] := now - times.seconds(agent.last_online_time) if some i, agent in input.catalog.workers.value

# online and offline are what is certain; a heartbeat that is yet to come makes a worker neither.
online contains i if {
	some i, seconds in age
	limit := input.deployment.parameters.heartbeat_factor * min(intervals_of[i])
	seconds <= limit
	seconds >= 0 - limit
}

offline contains i if {
	some i, seconds in age
	seconds > input.deployment.parameters.heartbeat_factor * max(intervals_of[i])
}

# The zero time: it never was online.
offline contains i if {
	some i, agent in input.catalog.workers.value
	startswith(agent.last_online_time, "0001-01-01")
}
