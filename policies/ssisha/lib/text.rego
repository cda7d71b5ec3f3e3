# METADATA
# description: Words for reports.
package ssisha.lib.text

# filled(text, fallback) is what to show of a text that may be empty.
filled(text, fallback) := fallback if text == ""

filled(text, _) := text if text != ""
