# METADATA
# title: A kustomization inflates a Helm chart
# description: |
#   Chart inflation runs a binary on content that is fetched. What it renders is not known here.
# scope: package
# custom:
#   severity: block
#   remediation: commit what helm template renders
#   bad: |
#     helmCharts: [{name: gateway, repo: "https://charts.example.com"}]
#   good: |
#     resources: [gateway.yaml]
package gatespan.rules.render.helm

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/helm")
