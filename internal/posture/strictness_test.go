package posture

import "testing"

func TestOrders(t *testing.T) {
	for _, c := range []struct {
		name string
		got  Order
		want Order
	}{
		{"a required certificate becomes optional", CompareClientAuth(ClientRequired, ClientOptional), Weaker},
		{"an optional certificate becomes required", CompareClientAuth(ClientOptional, ClientRequired), Stronger},
		{"a value that nobody knows is weaker", CompareClientAuth(ClientRequired, "perhaps"), Weaker},
		{"the floor falls", CompareVersion("1.3", "1.2"), Weaker},
		{"the floor rises", CompareVersion("1.2", "1.3"), Stronger},
		{"the floor goes away", CompareVersion("1.3", ""), Weaker},
		{"TLS goes away", CompareTLS(TLSTerminate, TLSNone), Weaker},
		{"passthrough instead of termination", CompareTLS(TLSTerminate, TLSPassthrough), Exchanged},
		{"an internal entry becomes public", CompareScheme(SchemeInternal, SchemeInternetFacing), Weaker},
		{"an unknown scheme is as far as can be", CompareScheme(SchemeInternal, SchemeUnknown), Weaker},
		{"a header may be forged", CompareForwarding("sanitize", "forward"), Weaker},
		{"a weak switch goes on", CompareFlag(false, true), Weaker},
		{"one more is accepted", CompareSets(false, []string{"a"}, false, []string{"a", "b"}), Weaker},
		{"one fewer is accepted", CompareSets(false, []string{"a", "b"}, false, []string{"a"}), Stronger},
		{"another one is accepted", CompareSets(false, []string{"a"}, false, []string{"b"}), Exchanged},
		{"everybody is accepted", CompareSets(false, []string{"a"}, true, nil), Weaker},
		{"no longer everybody", CompareSets(true, nil, false, []string{"a"}), Stronger},
		{"the order does not matter", CompareSets(false, []string{"a", "b"}, false, []string{"b", "a"}), Same},
		{"no name is checked any more", CompareNames([]string{"a"}, nil), Weaker},
		{"a name is checked now", CompareNames(nil, []string{"a"}), Stronger},
		{"revocation of intermediates is dropped", CompareRevocation("chain", "leaf"), Weaker},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, c.got, c.want)
		}
	}
}

func TestAnchorKeys(t *testing.T) {
	known := Anchor{Ref: Ref{Kind: "ConfigMap", Namespace: "edge", Name: "ca"}, SHA256: []string{"bb", "aa"}}
	unknown := Anchor{Ref: Ref{Kind: "Secret", Namespace: "edge", Name: "ca"}}
	got := AnchorKeys([]Anchor{unknown, known, known, {System: true}})
	want := []string{"Secret edge/ca", "sha256:aa", "sha256:bb", "system roots"}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
