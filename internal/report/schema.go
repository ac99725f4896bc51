package report

import (
	_ "embed"
	"slices"
)

var (
	//go:embed report.schema.json
	reportSchema []byte
	//go:embed due.schema.json
	dueSchema []byte
)

// Schema is the JSON Schema (2020-12) of the JSON report, version 1.
func Schema() []byte { return slices.Clone(reportSchema) }

// DueSchema is that of gatespan due.
func DueSchema() []byte { return slices.Clone(dueSchema) }
