package change

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/gatespan/gatespan/internal/posture"
)

// comparePeers compares whom NetworkPolicies admit. A peer of which one before already admitted all is none more; any other is weaker,
// whoever is admitted no longer.
func comparePeers(beforeAll bool, before []string, afterAll bool, after []string) posture.Order {
	order := posture.CompareSets(beforeAll, before, afterAll, after)
	if beforeAll || afterAll || order == posture.Same || order == posture.Stronger {
		return order
	}
	for _, now := range after {
		if !slices.ContainsFunc(before, func(old string) bool { return old == now || covers(old, now) }) {
			return posture.Weaker
		}
	}
	return posture.Stronger
}

// written is a peer as posture.Peers has it.
var written = regexp.MustCompile(`^(?:cidr\{([^{}]*)\}|namespaces\{([^{}]*)\} pods\{([^{}]*)\})(?: ports\{([^{}]*)\})?$`)

// covers reports whether whoever is admitted by one peer is admitted by an older one. What is not understood is not.
func covers(old, now string) bool {
	o, n := written.FindStringSubmatch(old), written.FindStringSubmatch(now)
	if o == nil || n == nil || (o[1] == "") != (n[1] == "") || !coversPorts(o[4], n[4]) {
		return false
	}
	if o[1] != "" {
		return coversBlock(o[1], n[1])
	}
	return coversSelector(o[2], n[2]) && coversSelector(o[3], n[3])
}

// coversBlock compares address blocks: what the older one excludes, the newer one must exclude too.
func coversBlock(old, now string) bool {
	o, n := strings.Split(old, " except "), strings.Split(now, " except ")
	if !holds(o[0], n[0]) {
		return false
	}
	for _, except := range o[1:] {
		if !slices.Contains(n[1:], except) {
			return false
		}
	}
	return true
}

// holds reports whether a range of addresses, or one address, has all of another.
func holds(whole, part string) bool {
	if whole == part {
		return true
	}
	w, one := addresses(whole)
	p, other := addresses(part)
	return one && other && w.Bits() <= p.Bits() && w.Contains(p.Addr())
}

func addresses(text string) (netip.Prefix, bool) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), true
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, addr.BitLen()), true
}

// coversSelector reports whether every condition of the older selector is one of the newer, or follows from one.
func coversSelector(old, now string) bool {
	o, err := labels.ParseToRequirements(old)
	n, bad := labels.ParseToRequirements(now)
	if err != nil || bad != nil {
		return false
	}
	listed := func(r labels.Requirement) bool {
		return r.Operator() == selection.Equals || r.Operator() == selection.DoubleEquals || r.Operator() == selection.In
	}
	for _, want := range o {
		if !slices.ContainsFunc(n, func(have labels.Requirement) bool {
			return have.String() == want.String() ||
				have.Key() == want.Key() && listed(have) && (want.Operator() == selection.Exists || listed(want) && contains(want.ValuesUnsorted(), have.ValuesUnsorted()))
		}) {
			return false
		}
	}
	return true
}

// coversPorts compares lists of ports; an empty one is every port, and a protocol alone every port of it.
func coversPorts(old, now string) bool {
	if old == "" {
		return true
	}
	if now == "" {
		return false
	}
	for _, n := range strings.Split(now, ",") {
		if !slices.ContainsFunc(strings.Split(old, ","), func(o string) bool {
			protocol, wide, some := strings.Cut(o, ":")
			same, narrow, named := strings.Cut(n, ":")
			return o == n || protocol == same && (!some || named && coversRange(wide, narrow))
		}) {
			return false
		}
	}
	return true
}

func coversRange(old, now string) bool {
	first, last, ok := portRange(old)
	from, to, known := portRange(now)
	return ok && known && first <= from && to <= last
}

func portRange(text string) (first, last int, ok bool) {
	from, to, ranged := strings.Cut(text, "-")
	if !ranged {
		to = from
	}
	first, err := strconv.Atoi(from)
	last, bad := strconv.Atoi(to)
	return first, last, err == nil && bad == nil
}
