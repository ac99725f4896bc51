package gate

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
)

// WaiveOptions is the waiver that somebody asks for.
type WaiveOptions struct {
	Fingerprint string // of the finding, or a beginning of it
	Owner       string
	Reason      string
	Expires     string // YYYY-MM-DD
}

// Waived is a waiver that was made, not yet written.
type Waived struct {
	Finding finding.Finding
	Edit    *fleet.Edit
	Root    string // of the repository
}

// shortestFingerprint is the least of a fingerprint that names a finding.
const shortestFingerprint = 8

// Waive judges the repository and makes the waiver of one of its findings. Nothing is written.
func Waive(ctx context.Context, o Options, w WaiveOptions) (*Waived, error) {
	w.Fingerprint = strings.ToLower(w.Fingerprint)
	if len(w.Fingerprint) < shortestFingerprint || strings.Trim(w.Fingerprint, "0123456789abcdef") != "" {
		return nil, &Problem{What: fmt.Sprintf("%q is not the fingerprint of a finding", w.Fingerprint), Hint: "gatespan check prints it behind id:"}
	}
	if err := day(w.Expires, o.Today); err != nil {
		return nil, err
	}
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(p.head, p.fleet); err != nil {
		return nil, &Problem{What: "there is no fleet, which is where waivers are", Hint: "gatespan init writes one"}
	}
	r, err := Check(ctx, o)
	if err != nil {
		return nil, err
	}
	f, err := byFingerprint(r.Findings, w.Fingerprint)
	if err != nil {
		return nil, err
	}
	waiver := fleet.Waiver{Rule: f.Rule, Cluster: f.Cluster, Fingerprint: f.Fingerprint, Owner: w.Owner, Reason: w.Reason, Expires: w.Expires}
	waiver.Object.Kind, waiver.Object.Namespace, waiver.Object.Name = f.Object.Kind, f.Object.Namespace, f.Object.Name
	edit, err := fleet.AddWaiver(p.head, p.fleet, p.overlays, waiver)
	if err != nil {
		return nil, err
	}
	return &Waived{Finding: *f, Edit: edit, Root: p.root}, nil
}

// byFingerprint finds the finding that is meant: one that no waiver accepts yet, if there is one.
func byFingerprint(findings []finding.Finding, prefix string) (*finding.Finding, error) {
	var waived, found *finding.Finding
	for i := range findings {
		f := &findings[i]
		switch {
		case !strings.HasPrefix(f.Fingerprint, prefix):
		case f.Waived:
			waived = f
		case found != nil && found.Fingerprint != f.Fingerprint:
			return nil, &Problem{What: fmt.Sprintf("%s is the beginning of more than one fingerprint", prefix), Hint: "give more of it: " + found.Fingerprint + " or " + f.Fingerprint}
		case found == nil:
			found = f
		}
	}
	switch {
	case found != nil:
		return found, nil
	case waived != nil:
		return nil, &Problem{What: fmt.Sprintf("%s is waived already: %s", prefix, waived.Message), Hint: "change its day in the fleet to prolong it"}
	}
	return nil, &Problem{
		What: fmt.Sprintf("there is no finding with the fingerprint %s", prefix),
		Hint: "gatespan check prints fingerprints behind id:; findings of a change need --base, as check does",
	}
}

// day checks the last day of a waiver.
func day(given, today string) error {
	last, err := time.Parse(time.DateOnly, given)
	if err != nil {
		return &Problem{What: fmt.Sprintf("%q is not a day", given), Hint: "write it as 2027-01-31"}
	}
	if now, err := time.Parse(time.DateOnly, today); err == nil && last.Before(now) {
		return &Problem{What: fmt.Sprintf("%s is past", given), Hint: "a waiver ends in the future"}
	}
	return nil
}
