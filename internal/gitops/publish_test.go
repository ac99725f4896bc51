package gitops_test

import (
	"errors"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gitops"
)

const subject = "https://github.com/example/fleet/.github/workflows/publish.yaml@refs/heads/release/v1"

func artifacts(subjects ...string) *fleet.Fleet {
	f := &fleet.Fleet{Clusters: map[string]fleet.Cluster{"plain": {}}}
	for i, s := range subjects {
		a := &fleet.Artifact{URL: "oci://ghcr.io/example/fleet/" + string(rune('a'+i)), Tag: "latest"}
		a.Signer.Issuer, a.Signer.Subject = "https://token.actions.githubusercontent.com", s
		f.Clusters[string(rune('a'+i))] = fleet.Cluster{GitOps: &fleet.GitOps{HandOff: &fleet.HandOff{Artifact: a}}}
	}
	return f
}

// TestPublishWorkflow: the workflow signs as the fleet expects, on its branch, and names every cluster that takes an artifact.
func TestPublishWorkflow(t *testing.T) {
	out, err := gitops.Publish(artifacts(subject, subject), "fleet: \"x\"", "overlays")
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		On struct {
			Push struct{ Branches []string }
		}
		Permissions map[string]string
		Jobs        map[string]struct {
			If    string
			Steps []struct {
				Uses string
				With map[string]any
			}
		}
	}
	if err := yaml.Unmarshal(out, &workflow); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	job := workflow.Jobs["publish"]
	if len(job.Steps) != 3 || workflow.On.Push.Branches[0] != "release/v1" || job.If != "github.ref == 'refs/heads/release/v1'" ||
		workflow.Permissions["id-token"] != "write" || workflow.Permissions["contents"] != "read" {
		t.Fatalf("got\n%s", out)
	}
	with := job.Steps[2].With
	if want := "a oci://ghcr.io/example/fleet/a latest\nb oci://ghcr.io/example/fleet/b latest\n"; with["artifacts"] != want || with["fleet"] != "fleet: \"x\"" {
		t.Errorf("got %v", with)
	}
	if !strings.Contains(string(out), "for .github/workflows/publish.yaml:") {
		t.Errorf("the place is not told:\n%s", out)
	}
}

// TestPublishRefuses: a workflow whose signature nobody would accept is not written.
func TestPublishRefuses(t *testing.T) {
	if _, err := gitops.Publish(artifacts(), "fleet", "overlays"); !errors.Is(err, gitops.ErrNoArtifact) {
		t.Errorf("got %v", err)
	}
	for name, f := range map[string]*fleet.Fleet{
		"a tag":            artifacts("https://github.com/example/fleet/.github/workflows/publish.yaml@refs/tags/v1"),
		"a person":         artifacts("somebody@example.com"),
		"two workflows":    artifacts(subject, strings.Replace(subject, "publish", "push", 1)),
		"a hostile branch": artifacts(strings.Replace(subject, "v1", "v1' || true || '", 1)),
	} {
		if out, err := gitops.Publish(f, "fleet", "overlays"); err == nil {
			t.Errorf("%s: got\n%s", name, out)
		}
	}
}
