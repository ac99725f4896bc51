package posture

// States of a prerequisite.
const (
	PrerequisiteMet      = "met"      // configuration in Git says so
	PrerequisiteViolated = "violated" // configuration in Git says otherwise
	PrerequisiteUnseen   = "unseen"   // the configuration is not in Git
)

// Prerequisite is one thing that a controller's installation must have.
type Prerequisite struct {
	Subject Subject `json:"subject"` // the object that says it; kind Controller and the controller's name when none does
	ID      string  `json:"id"`      // of the profile's list
	State   string  `json:"state"`   // PrerequisiteMet, PrerequisiteViolated, PrerequisiteUnseen
	By      Ref     `json:"by"`      // what decided; zero when unseen
	Why     string  `json:"why"`     // one clause, no period
}

// Installation is a controller that has Gateways in the cluster, and what its profile knows of the version and place that the fleet declares.
// Of a controller that the fleet does not name nothing but the place is known.
type Installation struct {
	Subject Subject `json:"subject"` // kind Controller, and its name
	Called  string  `json:"called"`  // as people call it: "Envoy Gateway 1.8"
	// By names the Controller, and as its field that of the fleet's cluster.controller which decided.
	By              Ref             `json:"by"`
	Version         string          `json:"version"`
	Misplaced       string          `json:"misplaced"` // why it cannot run in the cluster's cloud, as a clause; "" where it can
	Oldest          string          `json:"oldest"`    // what it would have to be at least; "" when it is
	EndOfLife       string          `json:"endOfLife"` // YYYY-MM-DD, the last day of its support; "" when nobody says
	Source          string          `json:"source"`    // of EndOfLife
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
}

// Vulnerability is one that the version has, or may have: Certain is false where the version is too short to tell.
type Vulnerability struct {
	ID         string `json:"id"`
	Fixed      string `json:"fixed"` // the version that mends it
	Certain    bool   `json:"certain"`
	Undermines bool   `json:"undermines"` // what the posture says does not hold while it is there
	Why        string `json:"why"`        // what somebody can do, as a clause
	Source     string `json:"source"`
}
