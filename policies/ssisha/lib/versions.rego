# METADATA
# description: Builds of SQL Server, such as 15.0.4430.1.
package ssisha.lib.versions

# canonical(text) is the same for all spellings of one build. Undefined for what is no build.
canonical(text) := concat(".", [digits(m[i]) | some i in [1, 2, 3, 4]]) if {
	some m in regex.find_all_string_submatch_n(`^([0-9]+)\.([0-9]+)\.([0-9]+)(?:\.([0-9]+))?$`, trim(text, " \t\r\n"), 1)
}

# A number that is not there is zero.
digits(text) := "0" if trim_left(text, "0") == ""

else := trim_left(text, "0")
