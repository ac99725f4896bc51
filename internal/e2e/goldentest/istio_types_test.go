//go:build golden

package goldentest

import (
	"testing"

	"sigs.k8s.io/yaml"
)

// istioDocument is what posture has of a converted Gateway, VirtualService or DestinationRule, or of an object's status.
type istioDocument struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Namespace   string            `json:"namespace"`
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Servers       []istioServer       `json:"servers"`
		Gateways      []string            `json:"gateways"`
		Hosts         []string            `json:"hosts"`
		HTTP          []istioRoute        `json:"http"`
		TCP           []istioRoute        `json:"tcp"`
		TLS           []istioRoute        `json:"tls"`
		Host          string              `json:"host"`
		TrafficPolicy *istioTrafficPolicy `json:"trafficPolicy"`
	} `json:"spec"`
	Status struct {
		Listeners []struct {
			Name       string           `json:"name"`
			Conditions []istioCondition `json:"conditions"`
		} `json:"listeners"`
		Parents []struct {
			ParentRef struct {
				Kind        string `json:"kind"`
				Namespace   string `json:"namespace"`
				Name        string `json:"name"`
				SectionName string `json:"sectionName"`
				Port        int    `json:"port"`
			} `json:"parentRef"`
			Conditions []istioCondition `json:"conditions"`
		} `json:"parents"`
	} `json:"status"`
}

type istioCondition struct {
	Type   string `json:"type"`
	Status string `json:"status"`
}

type istioServer struct {
	Hosts []string `json:"hosts"`
	Port  struct {
		Number   int    `json:"number"`
		Protocol string `json:"protocol"`
	} `json:"port"`
	TLS *istioServerTLS `json:"tls"`
}

type istioServerTLS struct {
	Mode                 string   `json:"mode"`
	CredentialName       string   `json:"credentialName"`
	CredentialNames      []string `json:"credentialNames"`
	CACertCredentialName string   `json:"caCertCredentialName"`
	InsecureSkipVerify   bool     `json:"insecureSkipVerify"`
}

type istioRoute struct {
	Name    string             `json:"name"`
	Route   []istioDestination `json:"route"`
	Mirrors []istioDestination `json:"mirrors"`
}

type istioDestination struct {
	Destination struct {
		Host string `json:"host"`
		Port struct {
			Number int `json:"number"`
		} `json:"port"`
	} `json:"destination"`
}

type istioTrafficPolicy struct {
	TLS               *istioClientTLS `json:"tls"`
	PortLevelSettings []struct {
		Port struct {
			Number int `json:"number"`
		} `json:"port"`
		TLS *istioClientTLS `json:"tls"`
	} `json:"portLevelSettings"`
}

type istioClientTLS struct {
	Mode            string   `json:"mode"`
	CredentialName  string   `json:"credentialName"`
	SNI             string   `json:"sni"`
	SubjectAltNames []string `json:"subjectAltNames"`
}

func decodeIstio(t *testing.T, docs []map[string]any) []istioDocument {
	t.Helper()
	out := make([]istioDocument, len(docs))
	for i, data := range docs {
		raw, err := yaml.Marshal(data)
		if err == nil {
			err = yaml.Unmarshal(raw, &out[i])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}
