//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/object"
)

// runAdmission applies the policies, then the examples: each is taken, or refused by the policy of the rule that it names. Without the
// policies everything is taken, so nothing else refused it.
func runAdmission(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	server := servers[0]
	file, err := e.exported(ctx, "admission-policy")
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	policies, err := decode(content)
	if err != nil {
		return err
	}
	_, all, err := e.examples()
	if err != nil {
		return err
	}
	without, err := unknownKinds(ctx, server, all)
	if err != nil {
		return err
	}
	if err := server.Namespaces(ctx, all); err != nil {
		return err
	}
	defer server.Clear(ctx, slices.Concat(all, policies))
	for _, p := range policies {
		if err := server.Apply(ctx, p.Data); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := e.enforced(ctx, server, all); err != nil {
		return err
	}
	var differences, changed, open []string
	for _, o := range all {
		differences = append(differences, refusal(o, o.Annotations["want"], server.Apply(ctx, o.Data))...)
	}
	changed, updates, err := updated(ctx, server, all)
	if err != nil {
		return err
	}
	server.Clear(ctx, policies)
	deadline := time.Now().Add(time.Minute)
	for _, o := range all { // a policy is enforced for a moment longer than it is there
		err := server.Apply(ctx, o.Data)
		for err != nil && strings.Contains(err.Error(), "ValidatingAdmissionPolicy") && time.Now().Before(deadline) && ctx.Err() == nil {
			time.Sleep(200 * time.Millisecond)
			err = server.Apply(ctx, o.Data)
		}
		open = append(open, refusal(o, "allowed", err)...)
	}
	counted := fmt.Sprintf("%d objects, %d policies", len(all), len(policies)/2)
	if without > 0 {
		counted += fmt.Sprintf("; %d kinds without a CRD of their own", without)
	}
	return errors.Join(
		e.record(areaExports, "export admission-policy: each example is refused by the rule that it names, or taken", "kube-apiserver", differences, counted),
		e.record(areaExports, "export admission-policy: a good object does not become a bad one", "kube-apiserver", changed, fmt.Sprintf("%d updates", updates)),
		e.record(areaExports, "without the policies every example is taken", "kube-apiserver", open, fmt.Sprintf("%d objects", len(all))))
}

// unknownKinds makes a CRD without a schema for each kind that no module has one of.
func unknownKinds(ctx context.Context, server *cluster.Cluster, all []*object.Object) (int, error) {
	made := map[string]bool{}
	for _, o := range all {
		err := server.Knows(ctx, o.Data)
		if err == nil || made[o.Kind] {
			continue
		}
		if !errors.Is(err, cluster.ErrNoKind) {
			return 0, err
		}
		made[o.Kind] = true
		if err := server.Define(ctx, o); err != nil {
			return 0, err
		}
	}
	return len(made), nil
}

// enforced waits until the policies refuse something.
func (e *Env) enforced(ctx context.Context, server *cluster.Cluster, all []*object.Object) error {
	i := slices.IndexFunc(all, func(o *object.Object) bool { return o.Annotations["want"] != "allowed" })
	if i < 0 {
		return errors.New("no example is to be refused")
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(200 * time.Millisecond) {
		if err := server.Apply(ctx, all[i].Data); err != nil {
			return nil
		}
		if err := server.Delete(ctx, all[i].Data); err != nil {
			return err
		}
	}
	return fmt.Errorf("after a minute no policy refuses %s", all[i])
}

func refusal(o *object.Object, want string, err error) []string {
	switch {
	case want == "allowed" && err == nil:
		return nil
	case want == "allowed":
		return []string{fmt.Sprintf("%s is refused: %v", o, err)}
	case err == nil:
		return []string{fmt.Sprintf("%s is taken, instead of refused by %s", o, want)}
	case !strings.Contains(err.Error(), "ValidatingAdmissionPolicy") || !strings.Contains(err.Error(), want+": "):
		return []string{fmt.Sprintf("%s is not refused by %s: %v", o, want, err)}
	}
	return nil
}

// updated changes each good object into each bad one of its kind: the policies see updates too.
func updated(ctx context.Context, server *cluster.Cluster, all []*object.Object) (differences []string, updates int, err error) {
	for _, good := range all {
		if good.Annotations["want"] != "allowed" || good.Namespace == "browsers" {
			continue
		}
		for _, bad := range all {
			if want := bad.Annotations["want"]; bad.Kind == good.Kind && want != "allowed" {
				changed := cluster.Map{"apiVersion": good.APIVersion, "kind": good.Kind, "metadata": good.Data["metadata"], "spec": bad.Data["spec"]}
				o, err := object.New(changed, object.Origin{})
				if err != nil {
					return nil, 0, err
				}
				updates++
				differences = append(differences, refusal(o, want, server.Apply(ctx, changed))...)
			}
		}
	}
	if updates == 0 {
		return nil, 0, errors.New("no example can be changed into a bad one")
	}
	return differences, updates, nil
}
