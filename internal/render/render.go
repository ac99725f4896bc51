package render

import (
	"time"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Options says which cluster to render.
type Options struct {
	Cluster      string
	Path         string            // where the cluster's GitOps engine starts, relative to the repository's root
	Exclude      map[string]string // path below the repository's root → reason; such roots are left out, visibly
	Destinations []string          // what Argo CD calls the cluster: destination names and server URLs
	Only         func(overlay string) bool
	// AsFound: an Application outside of every root neither changes nor stands for a root that was found below the path. Nothing shows that
	// anybody applies such an Application, so what it makes of the root must not be all that is judged.
	AsFound bool
	Shared  *Shared // shared by all clusters of one repository at one revision; nil makes one for this cluster
	Known   *Known  // shared by the revisions of one repository that a run reads; nil when there is only one
	Limits  Limits
	Jobs    int // roots rendered at once; 0 means one for each CPU
}

// Limits bound what a repository can make the renderer do. Zero means the default. Whatever exceeds one ends in
// Result.Undecided.
type Limits struct {
	FileBytes  int           // of one file; default 1 MiB
	Files      int           // read for one cluster; default 20,000
	Directory  int           // entries walked below the cluster's path; default 200,000
	Documents  int           // in one file; default 2,000
	Depth      int           // nesting of one YAML document; default 100
	Expansion  int           // YAML nodes of one file once its aliases are expanded; default 500,000
	Objects    int           // of one root; default 20,000
	Builds     int           // kustomizations evaluated for one root, each time that it is referred to; default 5,000
	Copies     int           // JSON patch "copy" operations of one root; default 16
	Roots      int           // of one cluster; default 20,000
	HeapBytes  uint64        // of the process while a root is rendered; default 6 GiB
	RootTime   time.Duration // for one root; default 60 s
	TotalFacts int           // kept of one cluster; default 5,000
}

// Result is what the cluster would receive, and what could not be known.
type Result struct {
	Objects    []*object.Object // sorted as in object.NewSet
	Overlays   []Overlay        // sorted by path
	Deliveries []Delivery       // how the rendered overlays get into the cluster; in the order of their overlays
	Facts      []Fact
	Unseen     []Unseen
	Undecided  []Undecided
	// ChangedOutside: an Application outside of every root changes or contains a root below the path; Options.AsFound renders it without.
	ChangedOutside bool

	sources map[string]*source
	of      *cluster
}

// Overlay is one root that was found.
type Overlay struct {
	Path     string   `json:"path"`
	Objects  int      `json:"objects"`
	Files    []string `json:"files"` // read for it, sorted
	Rendered bool     `json:"rendered"`
	// AppliedBy is the Flux Kustomization or Argo CD Application that applies it, if one was found.
	AppliedBy posture.Ref `json:"appliedBy"`
}

// Unseen is something that the cluster receives but that is not in this repository, or that is left out.
type Unseen struct {
	Subject posture.Subject `json:"subject"`
	File    string          `json:"file"`
	Line    int             `json:"line"`
	Why     string          `json:"why"` // one clause, no period
}

// Undecided is a limit that was reached: the run cannot be completed.
type Undecided struct {
	Overlay string `json:"overlay"`
	File    string `json:"file"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}
