package fleet

import (
	"os"
	"testing"
)

// relay loads the example fleet.
func relay(t *testing.T) *Fleet {
	t.Helper()
	f, err := Load(os.DirFS("../.."), "testdata/relay", "overlays")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRelayLoads(t *testing.T) {
	f := relay(t)
	if f.Name != "relay" || f.Clusters["eks-prod"].Path != "overlays/eks-prod" {
		t.Errorf("got name %q and path %q", f.Name, f.Clusters["eks-prod"].Path)
	}
	x := f.Exposures["relay"]
	if got, want := x.Service.Hostname, "relay.relay.svc.cluster.local"; got != want {
		t.Errorf("service hostname %q, want %q", got, want)
	}
	if x.Service.TargetPort != 8443 || x.TLS.Mode != "Terminate" || x.Consumers["orders"].Via != "gateway" {
		t.Errorf("defaults are missing: %+v", x)
	}
}
