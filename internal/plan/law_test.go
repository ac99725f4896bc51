package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/posture"
)

// lawFleets is how many fleets the law is held against; GATESPAN_LAW_FLEETS asks for more.
const lawFleets = 200

func fleets(t *testing.T) int {
	if text := os.Getenv("GATESPAN_LAW_FLEETS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return lawFleets
}

// TestLaw holds the second law: for every fleet that the profiles support, each intent is met by its own entry or exit in what
// is read of everything that is written for its cluster, nothing written is unknown, and taking one exposure away changes nothing
// of the others.
func TestLaw(t *testing.T) {
	seen := map[string]int{}
	for seed := range fleets(t) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			f := generateFleet(rand.New(rand.NewPCG(uint64(seed), 2)))
			whole := realise(t, f)
			whole.lawful(t)
			whole.count(seen)
			names := slices.DeleteFunc(slices.Sorted(maps.Keys(f.Exposures)), func(name string) bool { return bytesAlone(without(f, name)) != "" })
			if len(f.Exposures) > 1 && len(names) > 0 {
				gone := names[seed%len(names)]
				rest := realise(t, without(f, gone))
				rest.lawful(t)
				unchanged(t, gone, whole, rest)
			}
		})
	}
	// A generator that never makes a case would let the law hold of nothing: of each controller and distribution it makes every place that the
	// profile has, and every ability that the newest version of it has is used.
	wanted := []string{
		"providers", "operators", "developers", "developers of a consumer", "pinned", "not pinned", "floor by peer", "shared gateway", "shared consumer", "shared service", "two providers", "pem", "no pem",
	}
	for _, known := range catalog.All() {
		p := known.Profile()
		wanted = append(wanted, places(t, p)...)
		for _, v := range newest(p.Versions) {
			for _, id := range controller.AbilityIDs() {
				if _, ok := p.Ability(id, v.Distribution, v.To); ok && slices.Contains(places(t, p), usedAt(p.Name+" "+v.Distribution, id)) {
					wanted = append(wanted, fmt.Sprintf("%s %s: %s", p.Name, v.Distribution, id))
				}
			}
		}
	}
	for _, what := range wanted {
		if seen[what] == 0 {
			t.Errorf("no generated fleet has: %s", what)
		}
	}
}

// usedAt is the place that a controller must take for one of its abilities to count.
func usedAt(who string, id controller.AbilityID) string {
	switch {
	case id == controller.ExitDirect:
		return who + " beside pods that call directly"
	case strings.HasPrefix(string(id), "exit."):
		return who + " as egress gateway"
	case id == controller.EntryPassthrough:
		return who + " as provider that passes TLS through"
	}
	return who + " as provider that ends TLS"
}

// realised is a fleet, its plan, and the posture of each cluster.
type realised struct {
	fleet    *fleet.Fleet
	plan     *plan.Plan
	postures map[string]posture.Posture
}

func realise(t *testing.T, f *fleet.Fleet) realised {
	t.Helper()
	p, err := plan.Make(f, catalog.ByName)
	if err != nil {
		t.Fatalf("the generator made a fleet that is refused:\n%v", err)
	}
	generated, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string][]*object.Object{}
	for _, o := range generated {
		for _, read := range objecttest.Objects(t, string(o.Files[o.Name+".yaml"])) {
			read.Origin.Overlay = o.Path
			objects[o.Cluster] = append(objects[o.Cluster], read)
		}
	}
	there := map[string]bool{}
	for _, x := range f.Exposures {
		for cluster := range x.Providers {
			if key := cluster + " " + x.Service.Name; !there[key] {
				there[key] = true
				objects[cluster] = append(objects[cluster], exposed(t, f, x.Service.Name)...)
			}
		}
	}
	out := realised{fleet: f, plan: p, postures: map[string]posture.Posture{}}
	for _, c := range p.Clusters {
		set := object.NewSet(objects[c.Facts.Name])
		if twice := set.Duplicates(); len(twice) > 0 {
			t.Errorf("cluster %s: %s is in two overlays", c.Facts.Name, twice[0][0])
		}
		out.postures[c.Facts.Name] = catalog.Read(c.Facts, set)
	}
	return out
}

// exposed is a Service that the fleet exposes, as its owners have it: with a named port for each exposure.
func exposed(t *testing.T, f *fleet.Fleet, name string) []*object.Object {
	t.Helper()
	text := "apiVersion: v1\nkind: Service\nmetadata:\n  name: " + name + "\n  namespace: backend\nspec:\n  selector:\n    app: " + strings.TrimPrefix(name, "svc-") + "\n  ports:\n"
	for _, exposure := range slices.Sorted(maps.Keys(f.Exposures)) {
		if s := f.Exposures[exposure].Service; s.Name == name {
			text += fmt.Sprintf("  - name: %s\n    port: %d\n    targetPort: %d\n", s.PortName, s.Port, s.TargetPort)
		}
	}
	return objecttest.Objects(t, text)
}

// lawful: every intent is met, and nothing that gatespan wrote is unknown to it.
func (r realised) lawful(t *testing.T) {
	t.Helper()
	all := slices.Collect(maps.Values(r.postures))
	for _, c := range r.plan.Clusters {
		p := r.postures[c.Facts.Name]
		for _, gap := range plan.Unmet(c.Wanted, p, all...) {
			t.Errorf("cluster %s (%s): %s", c.Facts.Name, c.Facts.Controller.Name, gap)
		}
		for _, unknown := range p.Unknowns {
			t.Errorf("cluster %s (%s): unknown/%s at %s %s: %s", c.Facts.Name, c.Facts.Controller.Name, unknown.Rule, unknown.By.Kind, unknown.By.Field, unknown.Why)
		}
		for _, wrong := range accessGaps(c, p) {
			t.Errorf("cluster %s (%s): %s", c.Facts.Name, c.Facts.Controller.Name, wrong)
		}
		if len(p.Hatches) > 0 {
			t.Errorf("cluster %s: hatches %v", c.Facts.Name, p.Hatches)
		}
		for _, way := range p.Ways {
			// An egress gateway whose proxies run elsewhere is called by way of an ExternalName; nothing may lead to an exposed Service.
			if slices.ContainsFunc(c.Wanted.Entries, func(e controller.WantedEntry) bool { return way.Service == e.Service }) || len(way.Service.Name) == 0 {
				t.Errorf("cluster %s: a way around: %+v", c.Facts.Name, way)
			}
		}
		for _, g := range p.Grants {
			if len(g.UsedBy) == 0 || g.ToName == "" {
				t.Errorf("cluster %s: ReferenceGrant %s/%s is unused or names no target", c.Facts.Name, g.Subject.Namespace, g.Subject.Name)
			}
		}
	}
}

// unchanged: the other exposures' entries and exits are what they were. One thing is shared on purpose: source addresses are
// admitted by the load balancer of a whole Gateway, so its list is the union of what its listeners ask for.
func unchanged(t *testing.T, gone string, whole, rest realised) {
	t.Helper()
	for cluster, after := range rest.postures {
		before := whole.postures[cluster]
		for _, e := range after.Entries {
			i := slices.IndexFunc(before.Entries, func(b posture.Entry) bool { return b.Subject == e.Subject })
			if i < 0 {
				t.Errorf("without exposure %s, cluster %s has entry %v, which was not there with it", gone, cluster, e.Subject)
				continue
			}
			was := before.Entries[i]
			was.SourceCIDRs, e.SourceCIDRs = posture.Setting[posture.SourceCIDRs]{}, posture.Setting[posture.SourceCIDRs]{}
			if diff := cmp.Diff(plain(t, was), plain(t, e)); diff != "" {
				t.Errorf("without exposure %s, entry %v of cluster %s changes:\n%s", gone, e.Subject, cluster, diff)
			}
		}
		for _, x := range after.Exits {
			if !slices.ContainsFunc(before.Exits, func(b posture.Exit) bool { return cmp.Equal(plain(t, b), plain(t, x)) }) {
				t.Errorf("without exposure %s, cluster %s has exit %v to %s, which was not there with it, or differs", gone, cluster, x.Subject, x.Host)
			}
		}
	}
}

// plain is what an entry or exit comes to: without the fields that decided (a neighbour's policy may now say what the default
// said before), and without places in lists, which move when a neighbour goes.
func plain(t *testing.T, value any) any {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var data any
	if err := json.Unmarshal(raw, &data); err != nil {
		t.Fatal(err)
	}
	return strip(data)
}

func strip(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range []string{"by", "why", "exitIndex", "field", "from"} {
			delete(v, key)
		}
		for key := range v {
			v[key] = strip(v[key])
		}
	case []any:
		for i := range v {
			v[i] = strip(v[i])
		}
	}
	return value
}

func without(f *fleet.Fleet, exposure string) *fleet.Fleet {
	out := *f
	out.Exposures = maps.Clone(f.Exposures)
	delete(out.Exposures, exposure)
	return &out
}

func (r realised) count(seen map[string]int) {
	services, gateways, consumers := map[string]int{}, map[string]int{}, map[string]int{}
	for _, c := range r.plan.Clusters {
		shows(c, r.fleet, func(what string) { seen[what]++ })
		for _, id := range c.Wanted.Abilities {
			seen[fmt.Sprintf("%s %s: %s", c.Facts.Controller.Name, c.Facts.Controller.Distribution, id)]++
		}
		for _, e := range c.Wanted.Entries {
			seen[map[bool]string{true: "pinned", false: "not pinned"}[e.PinIdentities]]++
			services[c.Facts.Name+e.Service.Namespace+e.Service.Name]++
			gateways[c.Facts.Name+e.Gateway.Namespace+e.Gateway.Name]++
		}
		for _, x := range c.Wanted.Exits {
			if x.FloorBy == "peer" {
				seen["floor by peer"]++
			}
			consumers[c.Facts.Name+x.Consumer]++
		}
		for _, p := range r.postures[c.Facts.Name].Powers {
			for _, role := range rolesOf(c, p.Holder) {
				seen[role]++
			}
		}
		for _, td := range c.Facts.TrustDomains {
			seen[map[bool]string{true: "pem", false: "no pem"}[td.PEM != ""]]++
		}
	}
	for what, uses := range map[string]map[string]int{"shared service": services, "shared gateway": gateways, "shared consumer": consumers} {
		for _, n := range uses {
			if n > 1 {
				seen[what]++
			}
		}
	}
	for _, x := range r.fleet.Exposures {
		if len(x.Providers) > 1 {
			seen["two providers"]++
		}
	}
}

// TestUnmetFindsGaps proves that the law's own judge can say no: every weakening of a met posture is a gap.
func TestUnmetFindsGaps(t *testing.T) {
	var r realised
	for seed := uint64(0); ; seed++ {
		r = realise(t, generateFleet(rand.New(rand.NewPCG(seed, 2))))
		if slices.ContainsFunc(r.plan.Clusters, func(c plan.Cluster) bool {
			return len(c.Wanted.Entries) > 0 && len(c.Wanted.Exits) > 0 && c.Wanted.Entries[0].PinIdentities && c.Wanted.Exits[0].FloorBy != "peer"
		}) {
			break
		}
	}
	i := slices.IndexFunc(r.plan.Clusters, func(c plan.Cluster) bool {
		return len(c.Wanted.Entries) > 0 && len(c.Wanted.Exits) > 0 && c.Wanted.Entries[0].PinIdentities
	})
	c := r.plan.Clusters[i]
	c.Wanted = controller.Wanted{Entries: c.Wanted.Entries[:1], Exits: c.Wanted.Exits[:1]}
	entry := func(change func(*posture.Entry)) func(*posture.Posture) {
		return func(p *posture.Posture) {
			for i := range p.Entries {
				change(&p.Entries[i])
			}
		}
	}
	backend := func(change func(*posture.Backend)) func(*posture.Posture) {
		return entry(func(e *posture.Entry) { change(&e.Routes[0].Backends[0]) })
	}
	exit := func(change func(*posture.Exit)) func(*posture.Posture) {
		return func(p *posture.Posture) {
			for i := range p.Exits {
				change(&p.Exits[i])
			}
		}
	}
	for name, weaken := range map[string]func(*posture.Posture){
		"entry gone":      func(p *posture.Posture) { p.Entries = nil },
		"not served":      entry(func(e *posture.Entry) { e.Served.Value = false }),
		"plaintext":       entry(func(e *posture.Entry) { e.TLS.Value = posture.TLSNone }),
		"floor":           entry(func(e *posture.Entry) { e.MinTLS.Value = "1.2" }),
		"floor by nobody": entry(func(e *posture.Entry) { e.MinTLS.Enforcer = posture.ByNobody }),
		"client optional": entry(func(e *posture.Entry) { e.ClientAuth.Value = posture.ClientOptional }),
		"system CA":       entry(func(e *posture.Entry) { e.ClientCA.Value = []posture.Anchor{{System: true}} }),
		"no CA":           entry(func(e *posture.Entry) { e.ClientCA.Value = nil }),
		"another CA":      entry(func(e *posture.Entry) { e.ClientCA.Value = []posture.Anchor{{SHA256: []string{"00"}}} }),
		"unknown CA":      entry(func(e *posture.Entry) { e.ClientCA.Value = []posture.Anchor{{}} }),
		"everybody":       entry(func(e *posture.Entry) { e.Identities.Value.Everybody = true }),
		"one identity more": entry(func(e *posture.Entry) {
			e.Identities.Value.Accepted = append(e.Identities.Value.Accepted, posture.Identity{})
		}),
		"every hostname":     entry(func(e *posture.Entry) { e.Hostnames = nil }),
		"expired":            entry(func(e *posture.Entry) { e.Expired.Value = true }),
		"no route":           entry(func(e *posture.Entry) { e.Routes = nil }),
		"mirror":             entry(func(e *posture.Entry) { e.Routes[0].Mirrors = []posture.Backend{{}} }),
		"another Service":    backend(func(b *posture.Backend) { b.Ref.Name = "other" }),
		"another port":       backend(func(b *posture.Backend) { b.Port++ }),
		"no grant":           backend(func(b *posture.Backend) { b.Granted = false }),
		"backend plaintext":  backend(func(b *posture.Backend) { b.TLS.Value = posture.TLSNone }),
		"backend CA":         backend(func(b *posture.Backend) { b.CA.Value = nil }),
		"backend name":       backend(func(b *posture.Backend) { b.Name.Value = "" }),
		"exit gone":          func(p *posture.Posture) { p.Exits = nil },
		"exit plaintext":     exit(func(x *posture.Exit) { x.TLS.Value = posture.TLSNone }),
		"exit certificate":   exit(func(x *posture.Exit) { x.Certificate.Value = "" }),
		"exit CA":            exit(func(x *posture.Exit) { x.CA.Value = []posture.Anchor{{System: true}} }),
		"exit name":          exit(func(x *posture.Exit) { x.Names.Value = nil }),
		"exit another name":  exit(func(x *posture.Exit) { x.Names.Value = []string{"other.example.com"} }),
		"exit floor":         exit(func(x *posture.Exit) { x.MinTLS.Value = "1.2" }),
		"exit for everybody": exit(func(x *posture.Exit) { x.Users.Value.Everybody = true }),
		"exit closed by none": exit(func(x *posture.Exit) {
			x.Users.Enforcer = posture.ByNobody
		}),
	} {
		t.Run(name, func(t *testing.T) {
			p := realise(t, r.fleet).postures[c.Facts.Name]
			if gaps := plan.Unmet(c.Wanted, p, p); len(gaps) > 0 {
				t.Fatal(gaps)
			}
			weaken(&p)
			if gaps := plan.Unmet(c.Wanted, p); len(gaps) == 0 {
				t.Error("no gap is found")
			}
		})
	}
}

// bytesAlone is an exposure that the egress gateway of some consumer would carry bytes of and nothing else, where that is refused; or "".
func bytesAlone(f *fleet.Fleet) string {
	carries, alone := map[string]bool{}, map[string]string{} // by consumer: something else, or the first of them
	for _, name := range slices.Sorted(maps.Keys(f.Exposures)) {
		x := f.Exposures[name]
		for id, consumer := range x.Consumers {
			known, _ := catalog.ByName(f.Clusters[consumer.Cluster].Controller.Name)
			switch {
			case consumer.Via == "direct" || known.Profile().BytesBeside == "":
			case x.TCP == nil:
				carries[id] = true
			default:
				if alone[id] == "" {
					alone[id] = name
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(alone)) {
		if !carries[id] {
			return alone[id]
		}
	}
	return ""
}
