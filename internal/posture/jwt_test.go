package posture

import (
	"slices"
	"testing"
)

func TestCompareJWT(t *testing.T) {
	ask := func(issuers, audiences []string) JWT {
		return JWT{Value: JWTRequired, Issuers: issuers, Audiences: audiences}
	}
	signed := func(keys ...string) JWT {
		return JWT{Value: JWTRequired, Issuers: []string{"a"}, Audiences: []string{"a"}, Keys: keys}
	}
	a, ab, b := []string{"a"}, []string{"a", "b"}, []string{"b"}
	for name, c := range map[string]struct {
		before, after JWT
		want          Order
	}{
		"the same":                       {ask(a, a), ask(a, a), Same},
		"optional":                       {ask(a, a), JWT{Value: JWTOptional}, Weaker},
		"none":                           {JWT{Value: JWTOptional}, JWT{Value: JWTNone}, Weaker},
		"none, whoever would issue them": {JWT{Value: JWTNone, Issuers: a}, JWT{Value: JWTNone}, Same},
		"required":                       {JWT{Value: JWTNone}, ask(nil, nil), Stronger},
		"one more issuer":                {ask(a, a), ask(ab, a), Weaker},
		"any issuer":                     {ask(a, a), ask(nil, a), Weaker},
		"one more audience":              {ask(a, a), ask(a, ab), Weaker},
		"another issuer":                 {ask(a, a), ask(b, a), Exchanged},
		"fewer of both":                  {ask(ab, ab), ask(a, a), Stronger},
		"fewer issuers, any audience":    {ask(ab, a), ask(a, nil), Weaker},
		"another issuer, fewer audience": {ask(a, ab), ask(b, a), Exchanged},
		"other keys":                     {signed("k"), signed("l"), Weaker},
		"more keys":                      {signed("k"), signed("k", "l"), Weaker},
		"fewer keys":                     {signed("k", "l"), signed("k"), Same},
		"keys of nobody":                 {signed("k"), signed(), Same},
		"keys where there were none":     {signed(), signed("k"), Weaker},
	} {
		if got := CompareJWT(c.before, c.after); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestLeastJWTAcceptsWhatEitherAccepts(t *testing.T) {
	ask := func(issuer, audience string) Setting[JWT] {
		return Setting[JWT]{Value: JWT{Value: JWTRequired, Issuers: []string{issuer}, Audiences: []string{audience}}}
	}
	got := LeastJWT(ask("b", "x"), ask("a", "x")).Value
	if !slices.Equal(got.Issuers, []string{"a", "b"}) || !slices.Equal(got.Audiences, []string{"x"}) {
		t.Errorf("got %s", got)
	}
	signed := ask("a", "x")
	signed.Value.Keys = []string{"k"}
	if got := LeastJWT(ask("a", "x"), signed).Value.Keys; !slices.Equal(got, []string{"k"}) {
		t.Errorf("a way whose tokens nobody signs hides the keys of the other: %v", got)
	}
	anybody := ask("a", "x")
	anybody.Value.Audiences = nil
	if got := LeastJWT(ask("a", "y"), anybody).Value.String(); got != "required of a for any audience" {
		t.Errorf("got %s", got)
	}
	if got := LeastJWT(ask("a", "x"), Setting[JWT]{Value: JWT{Value: JWTOptional}}).Value.String(); got != "optional" {
		t.Errorf("got %s", got)
	}
}
