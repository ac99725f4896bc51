# TLS versions, in order.
package gatespan.lib.versions

order := ["1.0", "1.1", "1.2", "1.3"]

# floor is the lowest version that anything in scope may accept.
floor := "1.3"

# below: a version that is lower than the floor, or that is not known.
below(version, least) if place(version) < place(least)

place(version) := number if {
	some number, known in order
	known == version
} else := -1
