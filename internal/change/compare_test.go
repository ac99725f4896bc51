package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

var gateway = posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge", Listener: "relay"}

// safe is an entry that asks for everything.
func safe() posture.Entry {
	e := posture.Entry{Subject: gateway, Gateway: posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge"}, Port: 443, Protocol: "HTTPS", Hostnames: []string{"relay.example.com"}}
	e.Served.Value = true
	e.TLS.Value = posture.TLSTerminate
	e.ClientAuth.Value = posture.ClientRequired
	e.MinTLS.Value, e.MaxTLS.Value = "1.3", "1.3"
	e.Ciphers.Value = []string{"gcm"}
	e.Scheme.Value = posture.SchemeInternal
	e.Forwarding.Value = "sanitize"
	e.Revocation.Value = "none"
	e.ClientCA.Value = []posture.Anchor{{SHA256: []string{"aa"}}}
	e.Identities.Value.Accepted = []posture.Identity{{Type: "uri", Match: "exact", Value: "spiffe://corp/orders"}}
	e.SourceCIDRs.Value.CIDRs, e.SourceCIDRs.Value.Trusted = []string{"192.0.2.0/28"}, true
	e.Attachment.Value.Namespaces = []string{"edge"}
	e.JWT.Value = posture.JWT{Value: posture.JWTRequired, Issuers: []string{"https://old.example.com"}, Audiences: []string{"relay"}, Keys: []string{"https://old.example.com/keys"}}
	e.Routes = []posture.Route{{Backends: []posture.Backend{relay()}}}
	return e
}

func relay() posture.Backend {
	b := posture.Backend{Ref: posture.Ref{Kind: "Service", Namespace: "relay", Name: "relay"}, Port: 8443}
	b.TLS.Value = "tls"
	b.MinTLS.Value = "1.3"
	b.Name.Value = "relay.relay.svc.cluster.local"
	b.CA.Value = []posture.Anchor{{SHA256: []string{"aa"}}}
	return b
}

// wanted is the exposure behind safe, with a second identity and a second root that the fleet declares.
var wanted = controller.Wanted{Entries: []controller.WantedEntry{{
	Exposure: "relay", Gateway: gateway, Listener: gateway, SHA256: []string{"aa", "bb"}, SourceCIDRs: []string{"192.0.2.0/24", "198.51.100.0/24"},
	Identities: []posture.Identity{{Type: "uri", Match: "exact", Value: "spiffe://corp/orders"}, {Type: "uri", Match: "exact", Value: "spiffe://corp/audit"}},
	Service:    posture.Subject{Kind: "Service", Namespace: "relay", Name: "relay"}, ServicePort: 8443,
	JWT: &controller.WantedJWT{Issuer: "https://new.example.com", Audiences: []string{"relay"}, JWKSURI: "https://new.example.com/keys"},
}}}

func TestEntryChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*posture.Entry)
		want   map[string]string // field → direction
	}{
		{"nothing", func(*posture.Entry) {}, map[string]string{}},
		{"the certificate becomes optional", func(e *posture.Entry) { e.ClientAuth.Value = posture.ClientOptional }, map[string]string{"clientAuth": Weaker}},
		{"the floor falls", func(e *posture.Entry) { e.MinTLS.Value = "1.2" }, map[string]string{"minTLS": Weaker}},
		{"resumption is switched on", func(e *posture.Entry) { e.Resumption.Value = true }, map[string]string{"resumption": Weaker}},
		{"another CA", func(e *posture.Entry) { e.ClientCA.Value = []posture.Anchor{{SHA256: []string{"cc"}}} }, map[string]string{"clientCA": Exchanged}},
		{"one root more that nobody declares", func(e *posture.Entry) { e.ClientCA.Value[0].SHA256 = []string{"aa", "cc"} }, map[string]string{"clientCA": Weaker}},
		{"the second root of a rotation", func(e *posture.Entry) { e.ClientCA.Value[0].SHA256 = []string{"aa", "bb"} }, map[string]string{"clientCA": Wider}},
		{"every identity", func(e *posture.Entry) { e.Identities.Value = posture.Identities{Everybody: true} }, map[string]string{"identities": Weaker}},
		{"a declared identity more", func(e *posture.Entry) {
			e.Identities.Value.Accepted = append(e.Identities.Value.Accepted, posture.Identity{Type: "uri", Match: "exact", Value: "spiffe://corp/audit"})
		}, map[string]string{"identities": Wider}},
		{"an undeclared identity more", func(e *posture.Entry) {
			e.Identities.Value.Accepted = append(e.Identities.Value.Accepted, posture.Identity{Type: "uri", Match: "exact", Value: "spiffe://corp/eve"})
		}, map[string]string{"identities": Weaker}},
		{"an undeclared identity instead", func(e *posture.Entry) { e.Identities.Value.Accepted[0].Value = "spiffe://corp/eve" }, map[string]string{"identities": Weaker}},
		{"attachment by everybody", func(e *posture.Entry) { e.Attachment.Value.Everybody = true }, map[string]string{"attachment": Weaker}},
		{"attachment by a label that others set", func(e *posture.Entry) { e.Attachment.Value.Selector = "team=relay" }, map[string]string{"attachment": Weaker}},
		{"attachment by another namespace", func(e *posture.Entry) { e.Attachment.Value.Namespaces = []string{"eve"} }, map[string]string{"attachment": Weaker}},
		{"listeners of others", func(e *posture.Entry) { e.Attachment.Value.Listeners = true }, map[string]string{"allowedListeners": Weaker}},
		{"more suites", func(e *posture.Entry) { e.Ciphers.Value = []string{"gcm", "cbc"} }, map[string]string{"ciphers": Weaker}},
		{"other suites", func(e *posture.Entry) { e.Ciphers.Value = []string{"cbc"} }, map[string]string{"ciphers": Weaker}},
		{"fewer suites", func(e *posture.Entry) { e.Ciphers.Value = []string{} }, map[string]string{"ciphers": Stronger}},
		{"suites that nobody knows", func(e *posture.Entry) { e.Ciphers.Value = nil }, map[string]string{}},
		{"another hostname", func(e *posture.Entry) { e.Hostnames = []string{"other.example.com"} }, map[string]string{"hostnames": Weaker}},
		{"every hostname", func(e *posture.Entry) { e.Hostnames = nil }, map[string]string{"hostnames": Weaker}},
		{"the token becomes optional", func(e *posture.Entry) { e.JWT.Value = posture.JWT{Value: posture.JWTOptional} }, map[string]string{"jwt": Weaker}},
		{"a token for anybody", func(e *posture.Entry) { e.JWT.Value.Audiences = nil }, map[string]string{"jwt": Weaker}},
		{"a token of another issuer", func(e *posture.Entry) { e.JWT.Value.Issuers = []string{"https://other.example.com"} }, map[string]string{"jwt": Exchanged}},
		{"a token of the issuer that the fleet declares", func(e *posture.Entry) {
			e.JWT.Value.Issuers, e.JWT.Value.Keys = []string{"https://new.example.com"}, []string{"https://new.example.com/keys"}
		}, map[string]string{"jwt": Wider}},
		{"its issuer with other keys", func(e *posture.Entry) {
			e.JWT.Value.Issuers, e.JWT.Value.Keys = []string{"https://new.example.com"}, []string{"https://other.example.com/keys"}
		}, map[string]string{"jwt": Weaker}},
		{"every address", func(e *posture.Entry) { e.SourceCIDRs.Value = posture.SourceCIDRs{Everybody: true} }, map[string]string{"sourceCIDRs": Weaker}},
		{"addresses of whoever stands in between", func(e *posture.Entry) { e.SourceCIDRs.Value.Trusted = false }, map[string]string{"sourceCIDRs": Weaker}},
		{"one address range more, within the fleet", func(e *posture.Entry) { e.SourceCIDRs.Value.CIDRs = []string{"192.0.2.0/28", "198.51.100.0/28"} }, map[string]string{"sourceCIDRs": Wider}},
		{"one address range more, which the fleet does not know", func(e *posture.Entry) { e.SourceCIDRs.Value.CIDRs = []string{"192.0.2.0/28", "203.0.113.0/28"} }, map[string]string{"sourceCIDRs": Weaker}},
		{"plaintext to the pods", func(e *posture.Entry) { e.Routes[0].Backends[0].TLS.Value = posture.TLSNone }, map[string]string{"backend Service relay/relay:8443 tls": Weaker}},
		{"no name checked in the pods' certificate", func(e *posture.Entry) { e.Routes[0].Backends[0].Name.Value = "" }, map[string]string{"backend Service relay/relay:8443 name": Weaker}},
		{"a second backend", func(e *posture.Entry) {
			b := relay()
			b.Ref.Name = "other"
			e.Routes[0].Backends = append(e.Routes[0].Backends, b)
		}, map[string]string{"backend Service relay/other:8443": Wider}},
		{"a mirror", func(e *posture.Entry) { e.Routes[0].Mirrors = []posture.Backend{relay()} }, map[string]string{"mirror Service relay/relay:8443": Weaker}},
		{"the controller refuses it now", func(e *posture.Entry) { e.Served.Value = false; e.ClientAuth.Value = posture.ClientNone }, map[string]string{"served": Stronger}},
	} {
		t.Run(c.name, func(t *testing.T) {
			after := safe()
			c.change(&after)
			got := map[string]string{}
			for _, change := range Compare(posture.Posture{Entries: []posture.Entry{safe()}}, posture.Posture{Entries: []posture.Entry{after}}, wanted, nil) {
				got[change.Field] = change.Direction
				if change.Exposure != "relay" {
					t.Errorf("%s is of exposure %q, want relay", change.Field, change.Exposure)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestReverse holds that what is weaker one way is stronger, or narrower, the other way.
func TestReverse(t *testing.T) {
	weak := safe()
	weak.ClientAuth.Value, weak.MinTLS.Value, weak.Expired.Value = posture.ClientNone, "1.2", true
	for _, change := range Compare(posture.Posture{Entries: []posture.Entry{weak}}, posture.Posture{Entries: []posture.Entry{safe()}}, wanted, nil) {
		if change.Direction != Stronger {
			t.Errorf("%s: %s, want %s", change.Field, change.Direction, Stronger)
		}
	}
}

func TestGrantsAndHatches(t *testing.T) {
	narrow := posture.Grant{Subject: posture.Subject{Kind: "ReferenceGrant", Namespace: "relay", Name: "relay"}, FromKind: "HTTPRoute", FromNamespace: "edge", ToKind: "Service", ToName: "relay", UsedBy: []string{"HTTPRoute edge/relay"}}
	wide := narrow
	wide.ToName = ""
	hatch := posture.Hatch{Subject: posture.Subject{Kind: "EnvoyPatchPolicy", Namespace: "edge", Name: "patch"}, Why: "patches xDS"}
	got := map[string]string{}
	for _, change := range Compare(posture.Posture{Grants: []posture.Grant{narrow}}, posture.Posture{Grants: []posture.Grant{wide}, Hatches: []posture.Hatch{hatch}}, controller.Wanted{}, nil) {
		got[change.Field+" "+change.Direction] = change.Subject.Kind
	}
	want := map[string]string{"grant weaker": "ReferenceGrant", "grant stronger": "ReferenceGrant", "hatch weaker": "EnvoyPatchPolicy"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestPowerChanges: more than before is wider, less is stronger, and what was not read before is no change.
func TestPowerChanges(t *testing.T) {
	holder := posture.Subject{Kind: "Group", Name: "team"}
	can := func(reaches ...posture.Reach) []posture.Power {
		return []posture.Power{{Holder: holder, By: posture.Ref{Kind: "Role", Name: "r"}, Reaches: reaches}}
	}
	gateways, keys := posture.Reach{Over: posture.OverGateways, Namespace: "edge"}, posture.Reach{Over: posture.OverKeys, Namespace: "edge"}
	for name, c := range map[string]struct {
		before, after []posture.Power
		want          string
	}{
		"the same": {can(gateways), can(gateways), ""},
		"more":     {can(gateways), can(gateways, keys), Wider},
		"new":      {nil, can(keys), Wider},
		"other":    {can(gateways), can(keys), Wider},
		"less":     {can(gateways, keys), can(keys), Stronger},
		"gone":     {can(gateways), nil, Stronger},
	} {
		got := ""
		for _, change := range Compare(posture.Posture{Entries: []posture.Entry{safe()}, Powers: c.before}, posture.Posture{Entries: []posture.Entry{safe()}, Powers: c.after}, wanted, nil) {
			if change.Subject == holder && change.Field == "power" {
				got += change.Direction
				if change.By.Name != "r" {
					t.Errorf("%s: decided by %+v", name, change.By)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if changes := Compare(posture.Posture{}, posture.Posture{Powers: can(gateways)}, controller.Wanted{}, nil); len(changes) > 0 {
		t.Errorf("before anything was exposed: %+v", changes)
	}
}

// TestAuthorizations: a policy that no entry counts on must not ask less than it did.
func TestAuthorizations(t *testing.T) {
	gateway := posture.Ref{APIVersion: "gateway.networking.k8s.io", Kind: "Gateway", Namespace: safe().Gateway.Namespace, Name: safe().Gateway.Name}
	policy := func(name string, over posture.Ref, allow, deny []string) posture.Authorization {
		return posture.Authorization{By: posture.Ref{Kind: "IAMAuthPolicy", Namespace: over.Namespace, Name: name}, Over: over, Allow: allow, Deny: deny}
	}
	orders, all, attacker := []string{"orders"}, []string{"orders", "prices"}, []string{"attacker"}
	was := policy("p", gateway, all, attacker)
	elsewhere, newer := gateway, gateway
	elsewhere.Name, newer.APIVersion = "other", "gateway.networking.k8s.io/v2"
	for name, c := range map[string]struct {
		before, after []posture.Authorization
		want          string // the policy that decides; "" when nothing is weaker
	}{
		"the same":                    {[]posture.Authorization{was}, []posture.Authorization{was}, ""},
		"gone":                        {[]posture.Authorization{was}, nil, gateway.Name},
		"for another gateway":         {[]posture.Authorization{was}, []posture.Authorization{policy("p", elsewhere, all, attacker)}, gateway.Name},
		"in another version":          {[]posture.Authorization{was}, []posture.Authorization{policy("p", newer, all, attacker)}, ""},
		"gone with its gateway":       {[]posture.Authorization{policy("p", elsewhere, all, nil)}, nil, ""},
		"another name":                {[]posture.Authorization{was}, []posture.Authorization{policy("q", gateway, all, attacker)}, ""},
		"fewer are let in":            {[]posture.Authorization{was}, []posture.Authorization{policy("p", gateway, orders, attacker)}, ""},
		"more are let in":             {[]posture.Authorization{policy("p", gateway, orders, attacker)}, []posture.Authorization{was}, "p"},
		"more are kept out":           {[]posture.Authorization{policy("p", gateway, all, nil)}, []posture.Authorization{was}, ""},
		"fewer are kept out":          {[]posture.Authorization{was}, []posture.Authorization{policy("p", gateway, all, nil)}, "p"},
		"a second one":                {[]posture.Authorization{was}, []posture.Authorization{was, policy("q", gateway, all, attacker)}, "q"},
		"one where there was none":    {nil, []posture.Authorization{was}, ""},
		"one of two, which said less": {[]posture.Authorization{was, policy("q", gateway, all, nil)}, []posture.Authorization{was}, ""},
	} {
		got := ""
		for _, change := range Compare(posture.Posture{Entries: []posture.Entry{safe()}, Authorizations: c.before}, posture.Posture{Entries: []posture.Entry{safe()}, Authorizations: c.after}, controller.Wanted{}, nil) {
			if change.Field == "authorization" && change.Direction == Weaker && change.Why != "" {
				got = change.By.Name
			}
		}
		if got != c.want {
			t.Errorf("%s: decided by %q, want %q", name, got, c.want)
		}
	}
}

// TestSelectorsOfNamespaces: a selector that asks for more, or for the name that the API server sets, admits no more namespaces.
func TestSelectorsOfNamespaces(t *testing.T) {
	const name = "kubernetes.io/metadata.name=relay"
	for _, c := range []struct {
		before, after string
		want          bool
	}{
		{name, "team=relay", true},
		{"team=relay", name, false},
		{"team=relay", "env=live,team=relay", false},
		{"env=live,team=relay", "team=relay", true},
		{"", "team=relay", true},
		{"team=relay", "team=relay", false},
		{"team=relay", "team=other", true},
	} {
		if got := othersLabel(c.before, c.after); got != c.want {
			t.Errorf("%q to %q: got %v", c.before, c.after, got)
		}
	}
}

// TestFromLabelsToNames: a selector of labels that others set becomes one of names.
func TestFromLabelsToNames(t *testing.T) {
	for _, c := range []struct {
		name  string
		known []string // namespaces in Git that have the labels
		route string   // the namespace of a route at the base
		after posture.Attachment
		want  string
	}{
		{"a namespace that has the labels", []string{"shop"}, "edge", posture.Attachment{Namespaces: []string{"shop"}, Selector: "kubernetes.io/metadata.name=shop"}, Stronger},
		{"one that has a route", nil, "shop", posture.Attachment{Namespaces: []string{"shop"}, Selector: "kubernetes.io/metadata.name=shop"}, Wider},
		{"the gateway's own", nil, "shop", posture.Attachment{Namespaces: []string{"edge"}}, Wider},
		{"nobody", nil, "shop", posture.Attachment{}, Stronger},
		{"one of which nothing is known", nil, "shop", posture.Attachment{Namespaces: []string{"eve"}, Selector: "kubernetes.io/metadata.name=eve"}, Weaker},
		{"one of two of which nothing is known", []string{"shop"}, "shop", posture.Attachment{Namespaces: []string{"eve", "shop"}, Selector: "kubernetes.io/metadata.name in (eve,shop)"}, Weaker},
		{"other labels", []string{"shop"}, "shop", posture.Attachment{Namespaces: []string{"shop"}, Selector: "team=shop"}, Weaker},
	} {
		before, after := safe(), safe()
		before.Attachment.Value = posture.Attachment{Namespaces: c.known, Selector: "team=relay"}
		before.Routes[0].Ref.Namespace, after.Routes[0].Ref.Namespace = c.route, c.route
		after.Attachment.Value = c.after
		got := Compare(posture.Posture{Entries: []posture.Entry{before}}, posture.Posture{Entries: []posture.Entry{after}}, wanted, nil)
		if len(got) != 1 || got[0].Field != "attachment" || got[0].Direction != c.want {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
}

// passing is safe, but TLS is the pods' own.
func passing() posture.Entry {
	e := safe()
	e.TLS.Value, e.ClientAuth.Value = posture.TLSPassthrough, posture.ClientNone
	return e
}

// TestBackendsBehindPassthrough: what the gateway does not verify, only those can be trusted to that somebody looked at.
func TestBackendsBehindPassthrough(t *testing.T) {
	after := passing()
	other := relay()
	other.Ref.Name = "other"
	after.Routes[0].Backends = append(after.Routes[0].Backends, other)
	got := Compare(posture.Posture{Entries: []posture.Entry{passing()}}, posture.Posture{Entries: []posture.Entry{after}}, wanted, nil)
	if len(got) != 1 || got[0].Field != "backend Service relay/other:8443" || got[0].Direction != Weaker {
		t.Errorf("%+v", got)
	}
}

// TestNetworkOfVerifiedPods: whom NetworkPolicies admit to pods of no exposure matters on the ports that a verified entry leads to.
func TestNetworkOfVerifiedPods(t *testing.T) {
	service := func(port string, admitted ...string) posture.Service {
		peers := posture.Setting[posture.Peers]{Value: posture.Peers{Admitted: admitted}}
		return posture.Service{
			Subject: posture.Subject{Kind: "Service", Namespace: "relay", Name: "relay"},
			Network: peers, Reach: map[string]posture.Setting[posture.Peers]{port: peers},
		}
	}
	open := safe()
	open.ClientAuth.Value = posture.ClientNone
	for _, c := range []struct {
		name  string
		entry posture.Entry
		port  string
		want  int
	}{
		{"behind client certificates", safe(), "8443", 1},
		{"behind passthrough", passing(), "8443", 1},
		{"behind nothing", open, "8443", 0},
		{"another port", safe(), "9090", 0},
	} {
		side := func(admitted ...string) posture.Posture {
			s := service(c.port, admitted...)
			if c.port != "8443" {
				s.Reach["8443"] = posture.Setting[posture.Peers]{}
			}
			return posture.Posture{Entries: []posture.Entry{c.entry}, Services: []posture.Service{s}}
		}
		got := Compare(side("namespaces{a=b} pods{}"), side("namespaces{a=b} pods{}", "namespaces{c=d} pods{}"), controller.Wanted{}, nil)
		weaker := 0
		for _, change := range got {
			if change.Field == "network" && change.Direction == Weaker {
				weaker++
			}
		}
		if weaker != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestRotationByHand: a root of the trust domain of those that were trusted is no weakening, also where no exposure is declared.
func TestRotationByHand(t *testing.T) {
	domains := []controller.TrustDomain{{Name: "corp", SHA256: []string{"AA", "sha256:bb"}}, {Name: "partner", SHA256: []string{"cc"}}}
	for sum, want := range map[string]string{"bb": Wider, "cc": Weaker, "dd": Weaker} {
		after := safe()
		after.ClientCA.Value = []posture.Anchor{{SHA256: []string{"aa", sum}}}
		got := Compare(posture.Posture{Entries: []posture.Entry{safe()}}, posture.Posture{Entries: []posture.Entry{after}}, controller.Wanted{}, domains)
		if len(got) != 1 || got[0].Field != "clientCA" || got[0].Direction != want {
			t.Errorf("%s: %+v, want %s", sum, got, want)
		}
	}
}

// TestCallsOfWorkloads: a call that a workload makes by itself is not gone while its destination is there.
func TestCallsOfWorkloads(t *testing.T) {
	exit := posture.Exit{Subject: posture.Subject{Kind: "Workload", Namespace: "orders", Name: "app=orders"}, Host: "partner.example.com", Port: 443}
	exit.Certificate.Value = "Secret orders/client"
	still := posture.Destination{By: posture.Ref{Kind: "ServiceEntry"}, Host: "partner.example.com", Port: 443}
	other := posture.Destination{By: posture.Ref{Kind: "ServiceEntry"}, Host: "other.example.com", Port: 443}
	set := posture.Destination{Subject: exit.Subject, By: posture.Ref{Kind: "DestinationRule"}, Host: "partner.example.com", Port: 443}
	for _, c := range []struct {
		name  string
		after []posture.Destination
		want  string
		by    string
	}{
		{"with its destination", []posture.Destination{other}, Gone, ""},
		{"the destination stays", []posture.Destination{other, still}, Weaker, "ServiceEntry"},
		{"another setting", []posture.Destination{still, set}, Weaker, "DestinationRule"},
	} {
		got := Compare(posture.Posture{Exits: []posture.Exit{exit}}, posture.Posture{Destinations: c.after}, controller.Wanted{}, nil)
		if len(got) != 1 || got[0].Direction != c.want || got[0].By.Kind != c.by {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestCertificateTowardsPods: a certificate that the gateway no longer presents is missed, another one is the pods' business.
func TestCertificateTowardsPods(t *testing.T) {
	before := safe()
	before.Routes[0].Backends[0].Certificate.Value = "Secret edge/client"
	for after, want := range map[string]int{"": 1, "Secret edge/next": 0} {
		now := safe()
		now.Routes[0].Backends[0].Certificate.Value = after
		got := Compare(posture.Posture{Entries: []posture.Entry{before}}, posture.Posture{Entries: []posture.Entry{now}}, wanted, nil)
		if len(got) != want || want == 1 && got[0].Direction != Weaker {
			t.Errorf("%q: %+v", after, got)
		}
	}
}

// TestHostsOfRoutes: a route that served some hosts of a listener for all and now serves all of them, or one more.
func TestHostsOfRoutes(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []string
		want          string
	}{
		{"all", []string{"a.example.com"}, nil, Weaker},
		{"one more", []string{"a.example.com"}, []string{"a.example.com", "b.example.com"}, Wider},
		{"another", []string{"a.example.com"}, []string{"b.example.com"}, Wider},
		{"one less", []string{"a.example.com", "b.example.com"}, []string{"a.example.com"}, ""},
		{"the same", nil, nil, ""},
	} {
		side := func(names []string) posture.Posture {
			e := safe()
			e.Hostnames, e.Routes[0].Hostnames = nil, names
			return posture.Posture{Entries: []posture.Entry{e}}
		}
		got := Compare(side(c.before), side(c.after), wanted, nil)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0].Field != "hosts" || got[0].Direction != c.want) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
	listener := safe()
	listener.Routes[0].Hostnames = []string{"relay.example.com"}
	if got := Compare(posture.Posture{Entries: []posture.Entry{listener}}, posture.Posture{Entries: []posture.Entry{safe()}}, wanted, nil); len(got) > 0 {
		t.Errorf("the listener serves one host: %+v", got)
	}
}
