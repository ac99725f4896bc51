package adopt

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

// certificates is how the certificates of a cluster's gateways and callers are made, as the first object in Git that makes one tells; ""
// when the cluster has neither, or nothing tells.
func certificates(s *State) string {
	if len(mutual(s.Posture))+len(s.Posture.Exits) == 0 {
		return ""
	}
	for _, o := range s.Objects.Kind("cert-manager.io", "Certificate") {
		if name := o.Text("spec.issuerRef.name"); name != "" {
			group := cmp.Or(o.Text("spec.issuerRef.group"), "cert-manager.io")
			if group != "cert-manager.io" {
				group = ", group: " + quote(group)
			} else {
				group = ""
			}
			return fmt.Sprintf("// As %s is made.\ncertificates: certManager: issuerRef: {kind: %s, name: %s%s}\n",
				comment(o.String()), quote(cmp.Or(o.Text("spec.issuerRef.kind"), "Issuer")), quote(name), group)
		}
	}
	for _, o := range s.Objects.Kind("external-secrets.io", "ExternalSecret") {
		store, entry := o.Text("spec.secretStoreRef.name"), remoteKey(o)
		if o.Text("spec.target.template.type") != "kubernetes.io/tls" || store == "" || entry == "" {
			continue
		}
		format := ""
		for _, text := range o.Texts("spec.target.template.data") {
			if strings.Contains(text, "pkcs12") {
				format = ", format: \"pkcs12\""
			}
		}
		return fmt.Sprintf("// As %s is made.\ncertificates: externalSecret: {secretStoreRef: {kind: %s, name: %s}, remoteRef: key: %s%s}\n",
			comment(o.String()), quote(cmp.Or(o.Text("spec.secretStoreRef.kind"), "SecretStore")), quote(store), quote(entry), format)
	}
	return ""
}

func remoteKey(o *object.Object) string {
	for _, field := range []string{"spec.data[0].remoteRef.key", "spec.dataFrom[0].extract.key"} {
		if found := o.Text(field); found != "" {
			return found
		}
	}
	return ""
}
