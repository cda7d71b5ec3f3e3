# METADATA
# description: Points in time, as the facts document and SQL Server write them.
package ssisha.lib.times

# seconds(text) are those since 1970, of "2026-03-01T12:00:00Z" or of a datetimeoffset such as
# "2026-03-01 13:00:00.1234567 +01:00". Undefined for what is no such time, or of another century than the 20th to 22nd:
# the parser would abort on it.
seconds(text) := time.parse_rfc3339_ns(sprintf("%sT%s%s", [m[1], m[2], m[3]])) / 1000000000 if {
	some m in regex.find_all_string_submatch_n(form, trim_space(text), 1)
}

form := sprintf(`^(%s)[T ](%s)(?:\.[0-9]+)? ?(%s)$`, [date, clock, zone])

date := concat("|", [
	`(?:19|20|21)[0-9][0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])`,
	`(?:19|20|21)[0-9][0-9]-(?:0[13-9]|1[0-2])-(?:29|30)`,
	`(?:19|20|21)[0-9][0-9]-(?:0[13578]|1[02])-31`,
	`(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])-02-29`,
])

clock := `(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]`

zone := `Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]`
