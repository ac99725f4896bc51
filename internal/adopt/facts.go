package adopt

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

var (
	ofAWS   = regexp.MustCompile(`(^|[^a-z])(eks|aws)([^a-z]|$)|amazonaws\.com|eks\.amazonaws|service\.k8s\.aws`)
	ofAzure = regexp.MustCompile(`(^|[^a-z])(aks|azure)([^a-z]|$)|azure\.com|azurecr\.io|alb\.networking\.azure`)
)

// cloudOf tells AWS from Azure by the cluster's name, its path, or the annotations and groups of its objects.
func cloudOf(s *State) (cloud, why string) {
	for _, text := range []string{strings.ToLower(s.Name), strings.ToLower(s.Path), strings.ToLower(s.Destination)} {
		switch aws, azure := ofAWS.MatchString(text), ofAzure.MatchString(text); {
		case aws && !azure:
			return "eks", "by its name"
		case azure && !aws:
			return "aks", "by its name"
		}
	}
	aws, azure := 0, 0
	for _, o := range s.Objects.All() {
		for _, text := range slices.Concat([]string{o.APIVersion}, slices.Sorted(maps.Keys(o.Annotations))) {
			if ofAWS.MatchString(text) {
				aws++
			}
			if ofAzure.MatchString(text) {
				azure++
			}
		}
	}
	switch {
	case azure > aws:
		return "aks", "by the annotations and kinds in it"
	case aws > azure:
		return "eks", "by the annotations and kinds in it"
	}
	return "eks", "nothing tells: eks or aks"
}

var versionParts = regexp.MustCompile(`^v?([0-9]+\.[0-9]+)`)

// gatewayAPI is the version of the Gateway API CRDs, when they are in Git: they carry it as an annotation.
func gatewayAPI(objects *object.Set) string {
	for _, o := range objects.Kind("apiextensions.k8s.io", "CustomResourceDefinition") {
		if found := versionParts.FindStringSubmatch(o.Annotations["gateway.networking.k8s.io/bundle-version"]); found != nil {
			return found[1]
		}
	}
	return ""
}

// domain is a trust domain that entries verify clients with.
type domain struct {
	spiffe, configMap string
	sha256            []string
	pem               string // "" when the certificates are not in Git
}

// domainsOf gathers the trust domains of a cluster's entries: those whose roots are known by fingerprint.
func (p *proposer) domainsOf(s *State) {
	for _, e := range mutual(s.Posture) {
		name, spiffe := domainName(e)
		if _, known := p.domains[name]; known {
			continue
		}
		for _, a := range e.ClientCA.Value {
			if len(a.SHA256) == 0 || a.System || a.Ref.Kind != "ConfigMap" {
				continue
			}
			d := domain{spiffe: spiffe, configMap: a.Ref.Name, sha256: slices.Sorted(slices.Values(a.SHA256))}
			if o := s.Objects.Find("", "ConfigMap", a.Ref.Namespace, a.Ref.Name); o != nil {
				d.pem = roots(o.Text("data[\"ca.crt\"]"), d.sha256)
			}
			p.domains[name] = d
			break
		}
		if _, known := p.domains[name]; !known {
			p.note("cluster %s: the roots that listener %s of Gateway %s/%s trusts are not in Git; write a trustDomains entry with their SHA-256",
				s.Name, e.Subject.Listener, e.Gateway.Namespace, e.Gateway.Name)
		}
	}
}

// domainName names the trust domain of an entry: after its SPIFFE domain, or its bundle.
func domainName(e posture.Entry) (name, spiffe string) {
	for _, id := range e.Identities.Value.Accepted {
		if rest, ok := strings.CutPrefix(id.Value, "spiffe://"); ok && id.Match != "regex" {
			spiffe, _, _ = strings.Cut(rest, "/")
			first, _, _ := strings.Cut(spiffe, ".")
			return key(first), spiffe
		}
	}
	for _, a := range e.ClientCA.Value {
		if a.Ref.Name != "" {
			return key(a.Ref.Name), ""
		}
	}
	return "clients", ""
}

// roots is a bundle's text when it is exactly the CA certificates of some fingerprints; "" otherwise.
func roots(text string, sums []string) string {
	var found []string
	var out strings.Builder
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" || !cert.IsCA || len(block.Headers) > 0 {
			return ""
		}
		sum := sha256.Sum256(block.Bytes)
		found = append(found, hex.EncodeToString(sum[:]))
		out.Write(pem.EncodeToMemory(block))
	}
	slices.Sort(found)
	if !slices.Equal(found, sums) {
		return ""
	}
	return out.String()
}

func (p *proposer) writeDomains(b *strings.Builder) {
	if len(p.domains) == 0 {
		return
	}
	b.WriteString("trustDomains: {\n")
	for _, name := range slices.Sorted(maps.Keys(p.domains)) {
		d := p.domains[name]
		fmt.Fprintf(b, "%s: {\n", quote(name))
		if d.spiffe != "" {
			fmt.Fprintf(b, "spiffe: %s\n", quote(d.spiffe))
		}
		fmt.Fprintf(b, "bundle: {\nconfigMap: %s\nsha256: [\n", quote(d.configMap))
		for _, sum := range d.sha256 {
			fmt.Fprintf(b, "%s,\n", quote(sum))
		}
		b.WriteString("]\n")
		if d.pem != "" {
			fmt.Fprintf(b, "pem: \"\"\"\n%s\t\"\"\"\n", indented(d.pem, "\t"))
		}
		b.WriteString("}\n}\n")
	}
	b.WriteString("}\n")
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

// gateways writes the Gateways that require client certificates, for the exposures to name.
func (p *proposer) gateways(b *strings.Builder, s *State) {
	lines, seen := []string{}, map[string]bool{}
	for _, e := range mutual(s.Posture) {
		name, _ := domainName(e)
		if _, known := p.domains[name]; !known || seen[key(e.Gateway.Name)] {
			continue
		}
		seen[key(e.Gateway.Name)] = true
		line := fmt.Sprintf("%s: {namespace: %s, trustDomain: %s", quote(key(e.Gateway.Name)), quote(e.Gateway.Namespace), quote(name))
		if e.Scheme.Value == posture.SchemeInternetFacing {
			line += ", scheme: \"internet-facing\""
		}
		if e.Port != 443 {
			line += fmt.Sprintf(", port: %d", e.Port)
		}
		lines = append(lines, line+"}")
	}
	if len(lines) > 0 {
		b.WriteString("gateways: {\n" + strings.Join(lines, "\n") + "\n}\n")
	}
}
