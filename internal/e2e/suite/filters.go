//go:build e2e && linux

package suite

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// sources are the addresses that are let in.
type sources struct {
	everybody bool
	cidrs     []string
}

func (s *sources) add(ranges []xdsRange) {
	for _, r := range ranges {
		s.cidrs = append(s.cidrs, fmt.Sprintf("%s/%d", r.AddressPrefix, r.PrefixLen))
	}
}

// prefixes are CIDRs in one form.
func prefixes(all []string) []string {
	out := []string{}
	for _, text := range all {
		if p, err := netip.ParsePrefix(text); err == nil {
			text = p.Masked().String()
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

type xdsRange struct {
	AddressPrefix string
	PrefixLen     int
}

// sources compares whom the proxies let in by address. What a load balancer does is no configuration of theirs.
func (c *translated) sources(at string, sent sources, trusted bool, e posture.Entry) {
	read := e.SourceCIDRs
	byProxies := read.Enforcer == posture.ByGateway && !read.Value.Everybody
	c.open(at, "every address", sent.everybody, !byProxies)
	if !sent.everybody && byProxies {
		c.same(at, "sourceCIDRs", prefixes(sent.cidrs), prefixes(read.Value.CIDRs))
		c.same(at, "sourceCIDRs: the address is the client's", trusted || !read.Value.Trusted, true)
	}
}

// xdsAction is what a matcher of an RBAC filter comes to: ALLOW is the action's zero value.
type xdsAction struct {
	Action struct{ TypedConfig struct{ Action string } }
}

func (a *xdsAction) allows() bool { return a != nil && a.Action.TypedConfig.Action == "" }

// xdsPredicate is one condition, or several.
type xdsPredicate struct {
	SinglePredicate *struct {
		CustomMatch struct {
			TypedConfig struct{ CidrRanges []xdsRange }
		}
	}
	AndMatcher *struct{ Predicate []xdsPredicate }
}

// ranges are the addresses that a condition asks for; none when it asks for none.
func (p xdsPredicate) ranges() []xdsRange {
	var out []xdsRange
	if p.SinglePredicate != nil {
		out = p.SinglePredicate.CustomMatch.TypedConfig.CidrRanges
	}
	if p.AndMatcher != nil {
		for _, inner := range p.AndMatcher.Predicate {
			out = append(out, inner.ranges()...)
		}
	}
	return out
}

// routeSources are the addresses that an RBAC filter with matchers lets in to a route, as Envoy Gateway writes one. A matcher that refuses
// only narrows what others let in.
func (r xdsRoute) sources() (sources, error) {
	raw := r.TypedPerFilterConfig["envoy.filters.http.rbac"]
	if raw == nil {
		return sources{everybody: true}, nil
	}
	var of struct {
		RBAC struct {
			Matcher struct {
				MatcherList struct {
					Matchers []struct {
						Predicate xdsPredicate
						OnMatch   *xdsAction
					}
				}
				OnNoMatch *xdsAction
			}
		}
	}
	if err := json.Unmarshal(raw, &of); err != nil {
		return sources{}, err
	}
	out := sources{everybody: of.RBAC.Matcher.OnNoMatch.allows()}
	for _, m := range of.RBAC.Matcher.MatcherList.Matchers {
		ranges := m.Predicate.ranges()
		out.everybody = out.everybody || m.OnMatch.allows() && len(ranges) == 0
		if m.OnMatch.allows() {
			out.add(ranges)
		}
	}
	return out, nil
}

// routesSources are those that any of the routes lets in.
func routesSources(all []xdsRoute) (sources, error) {
	out := sources{}
	for _, r := range all {
		one, err := r.sources()
		if err != nil {
			return out, err
		}
		out.everybody, out.cidrs = out.everybody || one.everybody, append(out.cidrs, one.cidrs...)
	}
	return out, nil
}

// policySources are the addresses that the chain's RBAC filters of principals let in under a name, as Istio writes them: each filter lets in
// whom one of its policies does.
func (f *xdsChain) policySources(hostname string) sources {
	out := sources{everybody: true}
	for _, filter := range f.rbac() {
		if action := filter.Rules.Action; action != "" && action != "ALLOW" {
			continue // it refuses, and lets nobody in
		}
		one, anybody := sources{}, false // where nobody is let in, it is not for the address
		for _, policy := range filter.Rules.Policies {
			if !policy.admits(hostname) {
				continue
			}
			anybody = true
			before := len(one.cidrs)
			addresses(policy.Principals, &one)
			one.everybody = one.everybody || len(one.cidrs) == before
		}
		if anybody && !one.everybody {
			out = one
		}
	}
	return out
}

// addresses gathers the ranges that principals ask for.
func addresses(value any, out *sources) {
	switch v := value.(type) {
	case []any:
		for _, inner := range v {
			addresses(inner, out)
		}
	case map[string]any:
		for key, inner := range v {
			if r, ok := inner.(map[string]any); ok && (key == "directRemoteIp" || key == "remoteIp") {
				out.cidrs = append(out.cidrs, fmt.Sprintf("%v/%v", r["addressPrefix"], r["prefixLen"]))
				continue
			}
			if key != "notId" {
				addresses(inner, out)
			}
		}
	}
}

// xdsTokens is a filter that verifies tokens.
type xdsTokens struct {
	Providers      map[string]xdsProvider
	RequirementMap map[string]xdsRequirement
}

type xdsProvider struct {
	Issuer     string
	Audiences  []string
	RemoteJWKS *struct{ HTTPURI struct{ URI string } }
	LocalJWKS  struct{ InlineString string }
}

// keys are where the keys of an issuer are, or themselves.
func (p xdsProvider) keys() string {
	if p.RemoteJWKS != nil {
		return p.RemoteJWKS.HTTPURI.URI
	}
	return p.LocalJWKS.InlineString
}

type xdsRequirement struct {
	ProviderName                       string
	RequiresAny                        struct{ Requirements []xdsRequirement }
	AllowMissing, AllowMissingOrFailed *struct{}
}

// tokens are the chain's filters that verify tokens.
func (f *xdsChain) tokens() ([]xdsTokens, error) {
	var out []xdsTokens
	for _, filter := range f.Filters {
		for _, inner := range filter.TypedConfig.HTTPFilters {
			if !strings.HasSuffix(inner.Name, ".jwt_authn") {
				continue
			}
			var one xdsTokens
			if err := json.Unmarshal(inner.TypedConfig, &one); err != nil {
				return nil, fmt.Errorf("%s: %w", inner.Name, err)
			}
			out = append(out, one)
		}
	}
	return out, nil
}

// asks is what a requirement asks of a request: one of its providers' tokens, unless none will do.
func (t xdsTokens) asks(r xdsRequirement) posture.JWT {
	out := posture.JWT{Value: posture.JWTNone, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}
	alternatives := append([]xdsRequirement{r}, r.RequiresAny.Requirements...)
	some := func(holds func(xdsRequirement) bool) bool { return slices.ContainsFunc(alternatives, holds) }
	switch {
	case some(func(r xdsRequirement) bool { return r.AllowMissingOrFailed != nil }):
		return out
	case some(func(r xdsRequirement) bool { return r.AllowMissing != nil }):
		out.Value = posture.JWTOptional
		return out
	}
	anyIssuer, anyAudience := false, false
	for _, a := range alternatives {
		p, known := t.Providers[a.ProviderName]
		if !known {
			continue
		}
		out.Value = posture.JWTRequired
		out.Issuers, out.Audiences = append(out.Issuers, p.Issuer), append(out.Audiences, p.Audiences...)
		if out.Keys = append(out.Keys, ownKeys); p.RemoteJWKS != nil {
			out.Keys[len(out.Keys)-1] = p.keys()
		}
		anyIssuer, anyAudience = anyIssuer || p.Issuer == "", anyAudience || len(p.Audiences) == 0
	}
	if anyIssuer {
		out.Issuers = []string{}
	}
	if anyAudience {
		out.Audiences = []string{}
	}
	slices.Sort(out.Issuers)
	slices.Sort(out.Audiences)
	slices.Sort(out.Keys)
	out.Issuers, out.Audiences, out.Keys = slices.Compact(out.Issuers), slices.Compact(out.Audiences), slices.Compact(out.Keys)
	return out
}

// ownKeys stands for keys that are sent themselves: translated.keys compares what they are.
const ownKeys = "(sent)"

// keysFrom are the posture's keys in the form of what is sent: addresses without the backend that answers for them.
func keysFrom(read []string) []string {
	out := []string{}
	for _, key := range read {
		address, _, _ := strings.Cut(key, " at ")
		if !strings.Contains(address, "://") || strings.HasPrefix(address, "the cluster: ") {
			address = ownKeys
		}
		out = append(out, address)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// routeTokens is the least that any of the routes asks of a request, as Envoy Gateway writes it: each route names a requirement of the filter.
func (f *xdsChain) routeTokens(all []xdsRoute) (posture.JWT, error) {
	filters, err := f.tokens()
	if err != nil {
		return posture.JWT{}, err
	}
	var out *posture.Setting[posture.JWT]
	for _, r := range all {
		asks := posture.Setting[posture.JWT]{Value: posture.JWT{Value: posture.JWTNone, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}}
		if raw := r.TypedPerFilterConfig["envoy.filters.http.jwt_authn"]; raw != nil {
			var of struct{ RequirementName string }
			if err := json.Unmarshal(raw, &of); err != nil {
				return posture.JWT{}, err
			}
			for _, filter := range filters {
				if requirement, known := filter.RequirementMap[of.RequirementName]; known {
					asks.Value = filter.asks(requirement)
				}
			}
		}
		if out != nil {
			asks = posture.LeastJWT(*out, asks)
		}
		out = &asks
	}
	if out == nil {
		return posture.JWT{Value: posture.JWTNone}, nil
	}
	return out.Value, nil
}

// asked compares what is asked of tokens.
func (c *translated) asked(at string, sent, read posture.JWT) {
	c.same(at, "jwt", sent.Value, read.Value)
	if sent.Value == posture.JWTRequired && read.Value == posture.JWTRequired {
		c.same(at, "jwt.issuers", sent.Issuers, read.Issuers)
		c.same(at, "jwt.audiences", sent.Audiences, read.Audiences)
		c.same(at, "jwt.keys", sent.Keys, keysFrom(read.Keys))
	}
}

// keys compares the keys of each issuer, or where they come from, with what the objects say of the issuer.
func (c *translated) keys(at string, chain *xdsChain) {
	filters, err := chain.tokens()
	if err != nil {
		c.differences = append(c.differences, fmt.Sprintf("%s: %v", at, err))
	}
	for _, filter := range filters {
		for _, p := range filter.Providers {
			said := c.declaredKeys(p.Issuer)
			// Nothing can be fetched here: pilot sends a key of its own then, by which no token verifies (pilot/pkg/model/jwks_resolver.go).
			unfetched := p.RemoteJWKS == nil && slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "https://") })
			if !unfetched {
				c.same(at, "keys of "+p.Issuer+", "+p.keys()+", are declared", slices.Contains(said, p.keys()), true)
			}
		}
	}
}

// declaredKeys are what objects say of an issuer's keys.
func (c *translated) declaredKeys(issuer string) []string {
	var out []string
	for _, o := range c.objects {
		for _, list := range []string{"spec.jwtRules", "spec.jwt.providers"} {
			rules, _ := o.Get(list).([]any)
			for i := range rules {
				at := object.Item(list, i)
				if o.Text(at+".issuer") != issuer {
					continue
				}
				for _, field := range []string{".jwksUri", ".jwks", ".remoteJWKS.uri", ".localJWKS.inline"} {
					if text := o.Text(at + field); text != "" {
						out = append(out, text)
					}
				}
			}
		}
	}
	return out
}
