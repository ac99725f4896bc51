package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// certManagerGroup is the API group of cert-manager.
const certManagerGroup = "cert-manager.io"

// certificateRead is a Certificate as far as it decides what is signed (cert-manager v1.21.2, pkg/apis/certmanager/v1/types_certificate.go).
type certificateRead struct {
	Spec struct {
		SecretName     string           `json:"secretName"`
		DNSNames       []string         `json:"dnsNames"`
		URIs           []string         `json:"uris"`
		IPAddresses    []string         `json:"ipAddresses"`
		EmailAddresses []string         `json:"emailAddresses"`
		OtherNames     []any            `json:"otherNames"`
		Usages         []string         `json:"usages"`
		IsCA           bool             `json:"isCA"`
		Duration       *metav1.Duration `json:"duration"`
		RenewBefore    *metav1.Duration `json:"renewBefore"`
		IssuerRef      struct {
			Group string `json:"group"`
			Kind  string `json:"kind"`
			Name  string `json:"name"`
		} `json:"issuerRef"`
		PrivateKey struct {
			Algorithm string `json:"algorithm"`
			Size      int    `json:"size"`
		} `json:"privateKey"`
	} `json:"spec"`
}

// Certificates adds to a cluster's posture what cert-manager makes, with who uses it: joined already has all entries, exits and references.
// A Certificate that somebody uses and that cert-manager would refuse is unknown: what the Secret holds then, nothing in Git says.
func Certificates(objects *object.Set, joined *posture.Posture) {
	for _, o := range objects.Kind(certManagerGroup, "Certificate") {
		var read certificateRead
		_, err := o.Decode(&read)
		field, refused := "spec", ""
		if err != nil {
			refused = "the API server refuses it: " + err.Error()
		} else {
			field, refused = refusal(read)
		}
		c := certificateOf(o, read, objects)
		use(&c, joined)
		if refused != "" && len(c.Serves)+len(c.Presents)+len(c.Roots) > 0 {
			joined.Unknowns = append(joined.Unknowns, posture.Unknown{Rule: "value", Subject: c.Subject, By: gatewayapi.Nearest(o, field), Why: refused})
		}
		joined.Certificates = append(joined.Certificates, c)
	}
}

func certificateOf(o *object.Object, read certificateRead, objects *object.Set) posture.Certificate {
	spec := read.Spec
	c := posture.Certificate{
		Subject: gatewayapi.SubjectOf(o), Secret: o.Namespace + "/" + o.Text("spec.secretName"),
		CA:       decided(o, "spec.isCA", spec.IsCA),
		Purposes: decided(o, "spec.usages", purposes(spec.Usages)),
		Names:    decided(o, "spec", names(read)),
		Issuer:   decided(o, "spec.issuerRef", issuer(o, read, objects)),
		Days:     decided(o, "spec.duration", int(validity(read).Hours()/24)),
	}
	return c
}

func decided[T any](o *object.Object, field string, value T) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByTrustDomain, By: gatewayapi.Nearest(o, field)}
}

// validity is how long a certificate is valid: 90 days unless it says otherwise (pkg/apis/certmanager/v1/const.go).
func validity(read certificateRead) time.Duration {
	if read.Spec.Duration != nil {
		return read.Spec.Duration.Duration
	}
	return 90 * 24 * time.Hour
}

// keyUsages are the usages that are no purposes; without any usage a certificate is for signatures and key encipherment, and without an
// extended one for any purpose (pkg/api/util/usages.go, and DefaultKeyUsages in pkg/apis/certmanager/v1/types.go; RFC 5280, 4.2.1.12).
var keyUsages = []string{
	"signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign",
	"encipher only", "decipher only",
}

func purposes(usages []string) []string {
	out := []string{}
	for _, usage := range usages {
		if !slices.Contains(keyUsages, usage) {
			out = append(out, usage)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func names(read certificateRead) []posture.Identity {
	out := []posture.Identity{}
	add := func(kind string, values []string) {
		for _, value := range values {
			out = append(out, posture.Identity{Type: kind, Match: "exact", Value: value})
		}
	}
	add("dns", read.Spec.DNSNames)
	add("uri", read.Spec.URIs)
	add("ip", read.Spec.IPAddresses)
	add("email", read.Spec.EmailAddresses)
	for _, name := range read.Spec.OtherNames {
		add("other", []string{fmt.Sprint(name)})
	}
	return out
}

// issuer is who signs: an Issuer of the namespace unless the reference says otherwise (internal/apis/certmanager and pkg/api/util/issuers.go).
func issuer(o *object.Object, read certificateRead, objects *object.Set) posture.Issuer {
	ref := read.Spec.IssuerRef
	i := posture.Issuer{Group: ref.Group, Kind: ref.Kind, Name: ref.Name}
	if i.Group == "" {
		i.Group = certManagerGroup
	}
	if i.Kind == "" {
		i.Kind = "Issuer"
	}
	if i.Group != certManagerGroup {
		return i
	}
	namespace := o.Namespace
	if i.Kind == "ClusterIssuer" {
		namespace = ""
	}
	found := objects.Find(certManagerGroup, i.Kind, namespace, i.Name)
	for _, kind := range []string{"selfSigned", "ca", "acme", "vault", "venafi"} {
		if field := "spec." + kind; found != nil && found.Get(field) != nil {
			i.Type, i.By = kind, gatewayapi.RefOf(found, field)
		}
	}
	return i
}

// refusal is why cert-manager's webhook refuses a Certificate, and the field (internal/apis/certmanager/validation/certificate.go,
// ValidateCertificateSpec and ValidateDuration).
func refusal(read certificateRead) (field, why string) {
	spec := read.Spec
	valid, key := validity(read), spec.PrivateKey
	rsa := key.Algorithm == "" || key.Algorithm == "RSA"
	switch {
	case valid < time.Hour:
		return "spec.duration", "cert-manager refuses a duration of less than an hour"
	case spec.RenewBefore != nil && spec.RenewBefore.Duration >= valid:
		return "spec.renewBefore", "cert-manager refuses to renew it before it is made: renewBefore is not less than the duration"
	case spec.RenewBefore != nil && spec.RenewBefore.Duration < 5*time.Minute:
		return "spec.renewBefore", "cert-manager refuses to renew it in its last five minutes"
	case rsa && key.Size > 0 && (key.Size < 2048 || key.Size > 8192):
		return "spec.privateKey.size", fmt.Sprintf("cert-manager refuses an RSA key of %d bits", key.Size)
	case key.Algorithm == "ECDSA" && key.Size > 0 && !slices.Contains([]int{256, 384, 521}, key.Size):
		return "spec.privateKey.size", fmt.Sprintf("cert-manager refuses an ECDSA key of %d bits", key.Size)
	case !rsa && key.Algorithm != "ECDSA" && key.Algorithm != "Ed25519":
		return "spec.privateKey.algorithm", fmt.Sprintf("cert-manager does not make keys of kind %s", key.Algorithm)
	}
	return "", ""
}

// use finds who uses a certificate's Secret.
func use(c *posture.Certificate, joined *posture.Posture) {
	held := func(ref posture.Ref) bool {
		return ref.Kind == "Secret" && gatewayapi.GroupOf(ref.APIVersion) == "" && ref.Namespace+"/"+ref.Name == c.Secret
	}
	trusts := func(subject posture.Subject, anchors []posture.Anchor) {
		if slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return held(a.Ref) }) {
			c.Roots = appendNew(c.Roots, subject)
		}
	}
	for _, e := range joined.Entries {
		for _, r := range joined.References {
			of := r.From.Kind == e.Listener.Kind && r.From.Namespace == e.Listener.Namespace && r.From.Name == e.Listener.Name
			if of && held(r.To) && strings.HasPrefix(r.From.Field, e.Listener.Field+".") {
				c.Serves = appendNew(c.Serves, e.Subject)
			}
		}
		trusts(e.Subject, e.ClientCA.Value)
		for _, route := range e.Routes {
			for _, b := range route.Backends {
				trusts(e.Subject, b.CA.Value)
			}
		}
	}
	for _, x := range joined.Exits {
		if x.Certificate.Value == "Secret "+c.Secret {
			c.Presents = appendNew(c.Presents, x.Subject)
		}
		trusts(x.Subject, x.CA.Value)
	}
}

func appendNew(list []posture.Subject, s posture.Subject) []posture.Subject {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
