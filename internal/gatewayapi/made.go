package gatewayapi

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

// madeFrom says where the maker of a Secret takes its roots from, as far as Git shows it: another text is another origin. What is encrypted
// (SealedSecret) is another text each time, so that nothing is said of it.
func (w *World) madeFrom(maker *object.Object) string {
	switch maker.Kind {
	case "Certificate": // its ca.crt is the CA of its issuer (cert-manager, docs usage/certificate, Target Secret)
		kind, name := cmp.Or(maker.Text("spec.issuerRef.kind"), "Issuer"), maker.Text("spec.issuerRef.name")
		group, namespace := cmp.Or(maker.Text("spec.issuerRef.group"), "cert-manager.io"), maker.Namespace
		if kind == "ClusterIssuer" {
			namespace = ""
		}
		text := kind + " " + name
		if issuer := w.Objects.Find(group, kind, namespace, name); issuer != nil {
			text += " " + JSON(issuer.Data["spec"])
		}
		return text
	case "ExternalSecret":
		spec, _ := maker.Data["spec"].(map[string]any)
		content := map[string]any{}
		for _, field := range []string{"secretStoreRef", "data", "dataFrom", "target"} {
			if v, ok := spec[field]; ok {
				content[field] = v
			}
		}
		return maker.Kind + " " + JSON(content)
	case "SecretProviderClass":
		return maker.Kind + " " + JSON(maker.Data["spec"])
	}
	return ""
}

// JSON is short enough to be read, and differs where the values do.
func JSON(v any) string {
	const most = 160
	encoded, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(encoded) > most {
		return fmt.Sprintf("%s… (SHA-256 %x)", strings.ToValidUTF8(string(encoded[:most]), ""), sha256.Sum256(encoded))
	}
	return string(encoded)
}
