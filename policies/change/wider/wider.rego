# METADATA
# title: Wider within the fleet
# description: |
#   The fleet declares one more consumer, identity, address range, root or route, or RBAC lets somebody do more to
#   what protects an exposed gateway. That is what a fleet is for, and worth a look.
# scope: package
# custom:
#   severity: change
#   remediation: nothing, if it is meant; --fail-on change makes it block
#   bad: |
#     consumers: {orders: {…}, web: {…}} # web is new
#   good: |
#     consumers: {orders: {…}}
package gatespan.rules.change.wider

import data.gatespan.lib.facts

deny contains found if some found in facts.changed("wider")
