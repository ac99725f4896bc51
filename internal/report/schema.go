package report

import (
	_ "embed"
	"slices"
)

//go:embed report.schema.json
var reportSchema []byte

// Schema is the JSON Schema (2020-12) of the JSON report, version 1.
func Schema() []byte { return slices.Clone(reportSchema) }
