# METADATA
# description: Names whose case and whose surrounding blanks do not matter.
package ssisha.lib.names

# fold(text) is the same for all spellings of one name. Only what a keyboard makes is a blank: a no-break space, like any
# other invisible character, makes another name.
fold(text) := lower(trim(text, " \t\r\n")) if not contains(text, "\u0130")

# The lower case of a dotted capital I would be that of I, which is another letter.
else := lower(replace(trim(text, " \t\r\n"), "\u0130", "i\u0307"))
