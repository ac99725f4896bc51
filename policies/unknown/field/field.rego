# METADATA
# title: A field that gatespan does not know
# description: |
#   A field or option that is not known is a typo that the controller ignores, or a setting that changes what is enforced.
# scope: package
# custom:
#   severity: block
#   remediation: correct the name, or remove the field
#   bad: |
#     clientValidation: {moode: RequireAndVerify}
#   good: |
#     clientValidation: {mode: RequireAndVerify}
package gatespan.rules.unknown.field

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("field")
