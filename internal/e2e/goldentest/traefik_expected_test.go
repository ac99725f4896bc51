//go:build golden

package goldentest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// traefikCase is one case of the tables in Traefik's kubernetes_test.go, as far as posture has it.
type traefikCase struct {
	at          string            // line and description
	paths       []string          // of the input, below fixtures
	entryPoints map[string]string // by port
	routers     map[string]string // TLS by the router's name, which has the route, the Gateway and the entryPoint in it
	services    map[string]bool   // whether the servers are spoken to over TLS, by name
}

// traefikCases reads the tables from the source: there are no golden files. Nothing of it is executed.
func traefikCases(t *testing.T, file string) []traefikCase {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []traefikCase
	ast.Inspect(parsed, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok || fieldOf(c, "paths") == nil || fieldOf(c, "expected") == nil {
			return true
		}
		at := strconv.Itoa(set.Position(c.Pos()).Line) + " " + text(fieldOf(c, "desc"))
		found := traefikCase{at: at, entryPoints: map[string]string{}, routers: map[string]string{}, services: map[string]bool{}}
		for _, e := range elements(fieldOf(c, "paths")) {
			found.paths = append(found.paths, text(e))
		}
		for _, e := range elements(fieldOf(c, "entryPoints")) {
			pair := e.(*ast.KeyValueExpr)
			address := text(fieldOf(literal(pair.Value), "Address"))
			found.entryPoints[strings.TrimPrefix(address, ":")] = text(pair.Key)
		}
		for _, protocol := range elements(fieldOf(c, "expected")) {
			found.gather(protocol)
		}
		out = append(out, found)
		return false
	})
	return out
}

// gather reads the routers and services of one protocol of an expected configuration.
func (c *traefikCase) gather(protocol ast.Expr) {
	pair, ok := protocol.(*ast.KeyValueExpr)
	if !ok || literal(pair.Value) == nil {
		return
	}
	for _, e := range elements(fieldOf(literal(pair.Value), "Routers")) {
		router := e.(*ast.KeyValueExpr)
		c.routers[text(router.Key)] = routerTLS(fieldOf(literal(router.Value), "TLS"))
	}
	for _, e := range elements(fieldOf(literal(pair.Value), "Services")) {
		service := e.(*ast.KeyValueExpr)
		balancer := literal(fieldOf(literal(service.Value), "LoadBalancer"))
		if balancer == nil {
			continue
		}
		c.services[text(service.Key)] = fieldOf(balancer, "ServersTransport") != nil || speaksTLS(fieldOf(balancer, "Servers"))
	}
}

func routerTLS(tls ast.Expr) string {
	switch {
	case tls == nil:
		return "none"
	case fieldOf(literal(tls), "Passthrough") != nil:
		return "passthrough"
	default:
		return "terminate"
	}
}

func speaksTLS(servers ast.Expr) bool {
	for _, e := range elements(servers) {
		if s := literal(e); s != nil && strings.HasPrefix(text(fieldOf(s, "URL")), "https://") {
			return true
		}
	}
	return false
}

// literal is T{…} or &T{…}; nil when it is something else.
func literal(e ast.Expr) *ast.CompositeLit {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	c, _ := e.(*ast.CompositeLit)
	return c
}

func elements(e ast.Expr) []ast.Expr {
	if c := literal(e); c != nil {
		return c.Elts
	}
	return nil
}

func text(e ast.Expr) string {
	b, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, _ := strconv.Unquote(b.Value)
	return s
}
