# METADATA
# description: >-
#   Validity of certificates. Times are RFC 3339 in UTC, as the facts document has them, and compared as text: a year such
#   as 9999 is beyond what a count of nanoseconds can hold.
package ssisha.lib.certificates

expired(not_after, now) if seconds(now) > seconds(not_after)

not_yet_valid(not_before, now) if seconds(now) < seconds(not_before)

seconds(time) := substring(time, 0, 19)

# days_left is how many whole days are left of a certificate that has not expired. Undefined where now is no time of ours.
days_left(not_after, now) := floor(span / (((24 * 60) * 60) * 1000000000)) if {
	not expired(not_after, now)
	not_after < "2200"
	now > "1970"
	span := time.parse_rfc3339_ns(not_after) - time.parse_rfc3339_ns(now)
}

days_left(not_after, now) := 36500 if {
	not expired(not_after, now)
	not_after >= "2200"
}
