package change

import (
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// TestDemands: whoever takes a request now asks for as much as whoever took it at the base.
func TestDemands(t *testing.T) {
	office := posture.Demand{By: posture.Ref{Kind: "Middleware", Namespace: "edge", Name: "office"}, What: "ipAllowList", Sources: []string{"10.0.0.0/8", "192.0.2.1"}}
	password := posture.Demand{By: posture.Ref{Kind: "Middleware", Namespace: "edge", Name: "password"}, What: `basicAuth {"secret":"users"}`}
	of := func(d posture.Demand, sources ...string) posture.Demand { d.Sources = sources; return d }
	rule := func(match string, demands ...posture.Demand) posture.Asked {
		path := match
		for i, r := range match {
			if r == ',' {
				path = match[:i]
				break
			}
		}
		return posture.Asked{By: posture.Ref{Kind: "HTTPRoute", Namespace: "edge", Name: "web", Field: "spec.rules[0]"}, Path: path, Match: match, Demands: demands}
	}
	route := func(host string, asks ...posture.Asked) posture.Route {
		return posture.Route{Ref: posture.Ref{Kind: "HTTPRoute", Namespace: "edge", Name: "web"}, Hostnames: []string{host}, Asks: asks}
	}
	const host = "web.example.com"
	guarded := []posture.Route{route(host, rule("PathPrefix /admin", office, password))}
	for name, c := range map[string]struct {
		before, after []posture.Route
		want          string // the match that asks less; "" when none does
	}{
		"the same":                    {guarded, guarded, ""},
		"one is gone":                 {guarded, []posture.Route{route(host, rule("PathPrefix /admin", password))}, "PathPrefix /admin"},
		"all are gone":                {guarded, []posture.Route{route(host, rule("PathPrefix /admin"))}, "PathPrefix /admin"},
		"one more":                    {[]posture.Route{route(host, rule("PathPrefix /admin", office))}, guarded, ""},
		"fewer addresses":             {guarded, []posture.Route{route(host, rule("PathPrefix /admin", of(office, "10.1.0.0/16", "192.0.2.1/32"), password))}, ""},
		"more addresses":              {guarded, []posture.Route{route(host, rule("PathPrefix /admin", of(office, "10.0.0.0/7"), password))}, "PathPrefix /admin"},
		"no addresses":                {guarded, []posture.Route{route(host, rule("PathPrefix /admin", of(office), password))}, "PathPrefix /admin"},
		"what is no address":          {guarded, []posture.Route{route(host, rule("PathPrefix /admin", of(office, "everybody"), password))}, "PathPrefix /admin"},
		"other users":                 {guarded, []posture.Route{route(host, rule("PathPrefix /admin", office, posture.Demand{What: `basicAuth {"secret":"more"}`}))}, "PathPrefix /admin"},
		"the rule is gone":            {guarded, nil, ""},
		"a part without":              {guarded, []posture.Route{guarded[0], route(host, rule("PathPrefix /admin/x"))}, "PathPrefix /admin/x"},
		"a part by a method":          {guarded, []posture.Route{guarded[0], route(host, rule("PathPrefix /admin, method GET"))}, "PathPrefix /admin, method GET"},
		"a part that asks as much":    {guarded, []posture.Route{guarded[0], route(host, rule("PathPrefix /admin/x", password, office))}, ""},
		"a part that was there":       {[]posture.Route{guarded[0], route(host, rule("Exact /admin/x"))}, []posture.Route{guarded[0], route(host, rule("Exact /admin/x"))}, ""},
		"a part by an expression":     {guarded, []posture.Route{guarded[0], route(host, rule("RegularExpression /.*"))}, "RegularExpression /.*"},
		"a whole beside":              {guarded, []posture.Route{guarded[0], route(host, rule("PathPrefix /"))}, ""},
		"a whole instead":             {guarded, []posture.Route{route(host, rule("PathPrefix /"))}, "PathPrefix /"},
		"a part instead":              {guarded, []posture.Route{route(host, rule("Exact /admin"))}, "Exact /admin"},
		"another path instead":        {guarded, []posture.Route{route(host, rule("PathPrefix /administration"))}, ""},
		"another host":                {guarded, []posture.Route{guarded[0], route("shop.example.com", rule("PathPrefix /admin"))}, ""},
		"all hosts of a wildcard":     {guarded, []posture.Route{guarded[0], route("*.example.com", rule("PathPrefix /admin"))}, "PathPrefix /admin"},
		"a route with another name":   {guarded, []posture.Route{{Ref: posture.Ref{Kind: "HTTPRoute", Namespace: "edge", Name: "other"}, Hostnames: []string{host}, Asks: []posture.Asked{rule("PathPrefix /admin")}}}, "PathPrefix /admin"},
		"nothing was asked, or is":    {[]posture.Route{route(host, rule("PathPrefix /"))}, []posture.Route{route(host, rule("PathPrefix /x"))}, ""},
		"an exact path takes no more": {[]posture.Route{route(host, rule("Exact /admin", password))}, []posture.Route{route(host, rule("Exact /admin", password), rule("PathPrefix /admin/x"))}, ""},
	} {
		before, after := safe(), safe()
		before.Routes, after.Routes = c.before, c.after
		got := ""
		for _, change := range Compare(posture.Posture{Entries: []posture.Entry{before}}, posture.Posture{Entries: []posture.Entry{after}}, controller.Wanted{}, nil) {
			if change.Direction == Weaker {
				got = change.Field
			}
		}
		want := c.want
		if want != "" {
			want = "authorization of " + want
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestDeclaredHosts: a listener that serves another name is weaker, unless it is the one that the fleet gives to its exposure.
func TestDeclaredHosts(t *testing.T) {
	before, after := safe(), safe()
	after.Hostnames = []string{"other.example.com"}
	entry := func(host string) controller.Wanted {
		return controller.Wanted{Entries: []controller.WantedEntry{{Exposure: "x", Gateway: after.Subject, Listener: after.Subject, Hostname: host}}}
	}
	exit := func(url string) controller.Wanted {
		return controller.Wanted{Exits: []controller.WantedExit{{Exposure: "x", Gateway: after.Subject, URL: url}}}
	}
	for name, c := range map[string]struct {
		wanted controller.Wanted
		want   string
	}{
		"nobody's":               {controller.Wanted{}, Weaker},
		"the exposure's":         {entry("other.example.com"), Wider},
		"not the exposure's":     {entry("relay.example.com"), Weaker},
		"what pods call":         {exit("https://other.example.com"), Wider},
		"what pods do not call":  {exit("https://relay.example.com"), Weaker},
		"what pods call by mesh": {exit("http://other.example.com:8080"), Wider},
	} {
		got := ""
		for _, change := range Compare(posture.Posture{Entries: []posture.Entry{before}}, posture.Posture{Entries: []posture.Entry{after}}, c.wanted, nil) {
			if change.Field == "hostnames" {
				got = change.Direction
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
