# METADATA
# title: A kustomization runs a plugin
# description: |
#   Generators, transformers, validators and functions run code at build time; what they make cannot be judged without
#   running it.
# scope: package
# custom:
#   severity: block
#   remediation: commit what the plugin makes
#   bad: |
#     generators: [plugin.yaml]
#   good: |
#     resources: [generated.yaml]
package gatespan.rules.render.plugin

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/plugin")
