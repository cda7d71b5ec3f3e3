# METADATA
# description: Certificate thumbprints as people paste them.
package ssisha.lib.thumbprints

# clean keeps the hexadecimal digits, in upper case. What was pasted beside them is rule HA-3.7's business.
clean(text) := upper(regex.replace(text, `[^0-9A-Fa-f]`, ""))
