// Package schema carries the CUE schema of a fleet, embedded, so that gatespan judges fleets offline and everywhere alike.
package schema

import "embed"

// ImportPath is what a fleet imports: schema.#Fleet.
const ImportPath = "github.com/gatespan/gatespan/schema"

// Files are the schema's CUE files; each word of the fleet has one.
//
//go:embed *.cue cue.mod/module.cue
var Files embed.FS
