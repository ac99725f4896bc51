# Controllers of the cluster whose version matters: they hold something that is judged.
package gatespan.lib.installations

import data.gatespan.lib.scope

# counted are those with an entry inside, or a way out.
counted := [installation |
	some installation in input.posture.installations
	installation.subject.name in holders
]

holders := {entry.controller | some entry in scope.inside} | {exit.controller | some exit in input.posture.exits}
