package policy

import (
	"context"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestNothingMisspelt: a user's rule that could never fire, because of a name that is not there, is refused.
func TestNothingMisspelt(t *testing.T) {
	body := func(text string) string {
		return documented + "package gatespan.rules.team[\"blue\"]\n\nimport data.gatespan.lib.finding\nimport data.gatespan.lib.scope\n\ndeny contains finding.at(entry.subject, entry.listener, \"\", \"blue\") if {\n\tsome entry in scope.served\n\t" + text + "\n}\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"a field":                       {`entry.clientAuht.value == "none"`, "undefined ref: entry.clientAuht"},
		"a field below":                 {`entry.clientAuth.valeu == "none"`, "valeu"},
		"a list":                        {`count(input.posture.entires) > 0`, "entires"},
		"a helper that is a value":      {`entry in scope.insdie`, "there is no data.gatespan.lib.scope.insdie\nhint: did you mean inside?"},
		"a helper that is a function":   {`scope.pulbic(entry.gateway)`, "undefined function data.gatespan.lib.scope.pulbic"},
		"a package":                     {`count(data.gatespan.lib.scoop.served) > 0`, "there is no data.gatespan.lib.scoop"},
		"what is not a rule's":          {`data.today == ""`, "there is no data.today"},
		"a kind":                        {`entry.gateway.kind == "Gatewya"`, "nothing is of kind Gatewya\nhint: did you mean Gateway?"},
		"a kind in a set":               {`entry.gateway.kind in {"Gateway", "ListenrSet"}`, "did you mean ListenerSet?"},
		"a kind that is not":            {`not entry.gateway.kind == "Gatway"`, "did you mean Gateway?"},
		"a kind of an object":           {"some o in input.objects\n\to.kind == \"Deploymant\"", "did you mean Deployment?"},
		"a kind within a comprehension": {`count([o | some o in input.objects; o.kind != "Servcie"]) > 0`, "did you mean Service?"},
		"":                              {`entry.clientAuth.value == "none"`, ""},
		"a kind that nobody here has":   {"some o in input.objects\n\to.kind == \"Certificate\"", ""},
		"what objects may have":         {"some o in input.objects\n\to.spec.colour == entry.labels.colour", ""},
		"other rules, and the day":      {"count(data.gatespan.rules.mtls.http3.deny) == 0\n\tdata.gatespan.today > \"2026-01-01\"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(context.Background(), Options{
				User: user("team/blue/blue.rego", body(c.text)), Kinds: []string{"Gateway", "ListenerSet", "Service", "Deployment"}, Today: "2026-11-30",
			})
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "team/blue/blue.rego:")) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestBuiltInRulesAreTyped holds the built-in rules to the same: no field that an Input does not have, and nothing of data that is not there.
func TestBuiltInRulesAreTyped(t *testing.T) {
	from, err := sources(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range from {
		from[i].user = true
	}
	parsed, err := parse(from, capabilities())
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := compile(from, parsed, capabilities())
	if err != nil {
		t.Fatal(err)
	}
	if err := checkNames(from, parsed, compiler, nil); err != nil {
		t.Error(err)
	}
	if tpe := compiler.TypeEnv.GetByValue(ast.MustParseRef("data.gatespan.lib.scope.served")); tpe == nil || !strings.Contains(tpe.String(), "clientAuth") {
		t.Errorf("the type of served is %v: no schema is used", tpe)
	}
}
