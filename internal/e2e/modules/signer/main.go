// Command signer is an OCI registry with artifacts in it, signed as GitHub's keyless signing with cosign signs them, by a Fulcio and a Rekor
// that exist only while it runs. The real ones are on the internet, where no test may go.
//
// It reads what to push as JSON from the file -artifacts, writes the trusted_root.json that a verifier needs to the file -root, and serves
// the registry at -listen by plain HTTP until it is stopped. The root is there when everything is pushed.
//
//  1. main.go: the artifacts
//  2. authority.go: who signs: certificates with their proof of transparency, and the log's entries
//  3. sign.go: one signature, beside its artifact
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// artifact is one to push, with the signatures that it gets.
type artifact struct {
	Repository string      `json:"repository"` // in the registry
	Tag        string      `json:"tag"`
	Layer      string      `json:"layer"` // a .tar.gz file
	Revision   string      `json:"revision"`
	Signatures []signature `json:"signatures"`
}

// signature is who signs.
type signature struct {
	Subject  string `json:"subject"` // a URI, as Fulcio writes that of a workflow
	Issuer   string `json:"issuer"`
	Stranger bool   `json:"stranger"` // with certificates of another authority, that nobody trusts
	Other    string `json:"other"`    // sign the artifact of this repository instead
}

// The media types of the artifact's config and layer, as the publish action pushes them.
const (
	configType = "application/vnd.cncf.flux.config.v1+json"
	layerType  = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:5000", "the registry's address")
	root := flag.String("root", "trusted_root.json", "the file for the trusted root")
	artifacts := flag.String("artifacts", "artifacts.json", "the file that says what to push")
	flag.Parse()
	if err := run(*listen, *root, *artifacts); err != nil {
		log.Fatal(err)
	}
}

func run(listen, rootFile, artifacts string) error {
	given, err := os.ReadFile(artifacts)
	if err != nil {
		return err
	}
	var all []artifact
	if err := json.Unmarshal(given, &all); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	served := make(chan error)
	handler := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	go func() { served <- http.Serve(listener, handler) }()
	trusted, err := newAuthority()
	if err != nil {
		return err
	}
	stranger, err := newAuthority()
	if err != nil {
		return err
	}
	digests := map[string]name.Digest{}
	for _, a := range all {
		if digests[a.Repository], err = a.push(listen); err != nil {
			return fmt.Errorf("%s: %w", a.Repository, err)
		}
	}
	for _, a := range all {
		for _, s := range a.Signatures {
			by, signed := trusted, digests[a.Repository]
			if s.Stranger {
				by = stranger
			}
			if s.Other != "" {
				signed = digests[s.Other]
			}
			if err := by.sign(context.Background(), s, signed, digests[a.Repository]); err != nil {
				return fmt.Errorf("%s by %s: %w", a.Repository, s.Subject, err)
			}
		}
	}
	content, err := trusted.root()
	if err != nil {
		return err
	}
	half := rootFile + ".half"
	if err := errors.Join(os.WriteFile(half, content, 0o644), os.Rename(half, rootFile)); err != nil {
		return err
	}
	return <-served
}

// push makes the artifact as the publish action does.
func (a artifact) push(at string) (name.Digest, error) {
	layer, err := os.ReadFile(a.Layer)
	if err != nil {
		return name.Digest{}, err
	}
	repository, err := name.NewRepository(at+"/"+a.Repository, name.Insecure)
	if err != nil {
		return name.Digest{}, err
	}
	image, err := mutate.AppendLayers(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), configType), static.NewLayer(layer, layerType))
	if err != nil {
		return name.Digest{}, err
	}
	image, ok := mutate.Annotations(image, map[string]string{
		"org.opencontainers.image.revision": a.Revision, "org.opencontainers.image.created": "2026-01-01T00:00:00Z",
	}).(v1.Image)
	if !ok {
		return name.Digest{}, errors.New("no image any more")
	}
	if err := remote.Write(repository.Tag(a.Tag), image); err != nil {
		return name.Digest{}, err
	}
	digest, err := image.Digest()
	return repository.Digest(digest.String()), err
}
