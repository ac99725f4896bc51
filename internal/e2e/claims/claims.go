package claims

import "slices"

// Outcome is what became of a claim.
type Outcome string

const (
	Agrees  Outcome = "agrees"
	Differs Outcome = "differs"
	NotRun  Outcome = "not run"       // it should have run and could not; the detail says why
	Read    Outcome = "read, not run" // there is no component to ask; the detail names what the claim rests on
)

// Row is one claim that a real component was asked about.
type Row struct {
	Area      string  // heading: "API server", "GitOps", "controllers", "data plane"
	Claim     string  // what gatespan says, in one line
	Component string  // who was asked: "kube-apiserver"
	Version   string  // of the component, as it was built
	Outcome   Outcome // what it said
	Detail    string  // the differences, the reason, or what was counted
}

// Status is the exit status of a run: 1 when a component disagrees, 2 when something did not run or nothing was asked, else 0.
func Status(rows []Row) int {
	has := func(o Outcome) bool { return slices.ContainsFunc(rows, func(r Row) bool { return r.Outcome == o }) }
	switch {
	case slices.ContainsFunc(rows, func(r Row) bool { return !r.Outcome.known() }), has(Differs):
		return 1
	case has(NotRun), !has(Agrees):
		return 2
	}
	return 0
}

func (o Outcome) known() bool { return o == Agrees || o == Differs || o == NotRun || o == Read }
