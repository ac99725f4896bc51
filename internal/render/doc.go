// Package render finds the kustomize roots of a cluster and renders them in memory.
//
//  1. roots: the kustomizations below the cluster's path, and what Flux Kustomizations and Argo CD Applications point to
//  2. survey: every file that a root can reach is read, checked and kept; a reference that is remote, leaves the repository,
//     runs something or cannot be judged refuses the root
//  3. build: kustomize runs on those files alone, from memory, with every path rewritten to a local one
//  4. transform: what Flux or Argo CD add around it (patches, prefixes, substituted variables)
//  5. observe: objects that kustomize dropped, lists that a patch cut, references that a new name broke, duplicates
//  6. deliver: who applies each root, from which source, and what that engine does not apply, keep or remove
//
// Kustomizations and the configurations of plugins are decoded here and encoded again, so that kustomize cannot read one of them
// differently than the check did. Manifests and patches stay as they are, and are cut into documents in the same places as
// kustomize does it. Positions are looked up only when asked for. `make e2e` compares its objects with those of kustomize and of flux build.
package render
