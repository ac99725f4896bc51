package gate

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/render"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/revision"
	"github.com/gatespan/gatespan/internal/trust"
)

// base is what a change is judged against: the tree at the merge base, and what is trusted from the tip of the base revision.
type base struct {
	side      *side // nil without a base
	guess     *guess
	rules     fs.FS // the tree that --policies is read from
	facts     []trust.Fact
	undecided []report.Undecidedness
	open      []io.Closer
}

func (b *base) close() {
	for _, c := range b.open {
		_ = c.Close() // read-only trees: nothing is lost
	}
}

// sides reads the head and, when o.Base names one, the base. Posture is compared with the merge base of it and HEAD; what the head is
// judged by comes from the tip of the base, see package trust.
func sides(ctx context.Context, o Options) (*place, *side, *base, *guess, error) {
	if o.Base == "" {
		p, head, guess, err := headOrFirstLook(ctx, o)
		if err != nil {
			return nil, nil, nil, nil, err
		}
		return p, head, &base{rules: p.head}, guess, nil
	}
	p, err := locate(ctx, o)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	if !o.apart {
		p.known = known{&fleet.Known{}, &render.Known{}}
	}
	b := &base{rules: p.head, guess: &guess{}}
	head, err := b.load(ctx, p, o)
	if err != nil {
		b.close()
		return nil, nil, nil, nil, err
	}
	return p, head, b, b.guess, nil
}

// load reads both sides.
func (b *base) load(ctx context.Context, p *place, o Options) (*side, error) {
	own, declared, err := loadFleet(p.head, p)
	if err != nil {
		return nil, err
	}
	id, err := revision.MergeBase(ctx, p.root, o.Base)
	if err != nil {
		return nil, err
	}
	merge, err := b.tree(ctx, p, id)
	if err != nil {
		return nil, err
	}
	tip, err := b.tree(ctx, p, o.Base)
	if err != nil {
		return nil, err
	}
	before, known, mergeErr := loadFleet(merge, p)
	trusted, ok, err := before, known, mergeErr
	if tip.ID != merge.ID {
		trusted, ok, err = loadFleet(tip, p)
	}
	if err != nil {
		b.undecided = append(b.undecided, report.Undecidedness{
			Message: fmt.Sprintf("the fleet at %s is not valid, so that what it trusts is not known: %v", o.Base, err),
			Hint:    "mend the fleet on the base branch first",
		})
	}
	if !declared && ok {
		own = &fleet.Fleet{Name: trusted.Name} // the change removes the fleet: it is judged as the base has it
	}
	judged := trust.Verdict{Fleet: own}
	if o.Trust != "head" {
		fleets := trust.Fleets{Head: own, At: p.fleet, Today: o.Today, Exists: func(dir string) bool {
			_, err := fs.Stat(p.head, dir)
			return err == nil
		}}
		if mergeErr == nil && known {
			fleets.Merge = before
		}
		if ok {
			fleets.Tip = trusted
		}
		if err == nil {
			judged, declared = fleets.Judge(), declared || ok
		}
		b.facts = judged.Facts
		if err := b.gate(p, merge, tip); err != nil {
			return nil, err
		}
	}
	var head *side
	if !declared && p.bare(o) {
		_, head, b.guess, err = firstLook(ctx, p, o)
	} else {
		head, err = load(ctx, p, moment{fsys: p.head, own: own, judged: judged, declared: declared}, o)
	}
	if err != nil {
		return nil, err
	}
	if mergeErr != nil || !known {
		// A base without a usable fleet: its overlays are read with the head's clusters, so that a change that brings the fleet is compared too.
		before, known = &fleet.Fleet{Name: head.fleet.Name, TrustDomains: head.fleet.TrustDomains, Clusters: head.fleet.Clusters}, head.declared
	}
	past := moment{fsys: merge, own: before, judged: trust.Verdict{Fleet: before}, declared: known}
	if !o.apart {
		past.like = head
	}
	if b.side, err = load(ctx, p, past, o); err != nil {
		return nil, fmt.Errorf("read the base: %w", err)
	}
	head.deliver(b.side)
	if o.Trust != "head" && declared {
		uncovered, err := head.uncovered(p, merge)
		if err != nil {
			return nil, err
		}
		b.facts = append(b.facts, uncovered...)
	}
	for _, c := range b.side.clusters {
		for _, u := range c.rendered.Undecided {
			b.undecided = append(b.undecided, report.Undecidedness{Cluster: c.Name, Overlay: u.Overlay, Message: "base: " + u.Message, Hint: u.Hint})
		}
	}
	return head, nil
}

// gate compares the rest of what the gate consists of: the user's rules, and what runs it.
func (b *base) gate(p *place, merge, tip fs.FS) error {
	own := []string{p.fleet}
	if p.policies != "" {
		facts, err := trust.Rules(p.policies, p.head, merge, tip)
		if err != nil {
			return err
		}
		b.facts = append(b.facts, facts...)
		if _, err := fs.Stat(tip, p.policies); err == nil {
			b.rules = tip
		}
		own = append(own, p.policies)
	}
	facts, err := trust.Pipeline(p.head, merge, own)
	b.facts = append(b.facts, facts...)
	return err
}

func (b *base) tree(ctx context.Context, p *place, rev string) (*revision.Tree, error) {
	tree, err := revision.Open(ctx, p.root, rev)
	if err != nil {
		return nil, err
	}
	b.open = append(b.open, tree)
	return tree, nil
}
