#!/usr/bin/env bash
# Judges, then pushes each cluster's overlays, signs them, and only then moves the tag that Flux follows.
#
# The change is judged against the commit that was published last, which the signed artifact names: a commit that the gate stopped is not
# the base of the next one. From the environment: the inputs of the action, and GITHUB_SERVER_URL, GITHUB_WORKFLOW_REF, GITHUB_REF_NAME.
set -euo pipefail
shopt -s inherit_errexit

# What Flux takes an artifact for (fluxcd/pkg oci/client.go: CanonicalConfigMediaType, CanonicalContentMediaType).
readonly CONFIG_TYPE=application/vnd.cncf.flux.config.v1+json
readonly LAYER_TYPE=application/vnd.cncf.flux.content.v1.tar+gzip
readonly ISSUER=https://token.actions.githubusercontent.com
readonly SIGNER=$GITHUB_SERVER_URL/$GITHUB_WORKFLOW_REF

fail() {
  echo "::error::$1" >&2
  exit 2
}

# published prints the commit of the artifact that this workflow pushed last.
published() {
  local repository=$1 tag=$2 digest revision
  digest=$(oras resolve "$repository:$tag") ||
    fail "nothing could be read at $repository:$tag; to publish it for the first time, run the workflow by hand without a base"
  cosign verify --certificate-identity "$SIGNER" --certificate-oidc-issuer "$ISSUER" "$repository@$digest" >/dev/null ||
    fail "$repository:$tag is not signed by $SIGNER: somebody else pushed it"
  revision=$(oras manifest fetch --format go-template='{{index .content.annotations "org.opencontainers.image.revision"}}' "$repository@$digest")
  [[ $revision =~ @sha1:([0-9a-f]{40})$ ]] || fail "$repository:$tag does not say which commit it was made of"
  echo "${BASH_REMATCH[1]}"
}

judge() {
  local base=$1
  local arguments=(check "--directory=$DIRECTORY" "--overlays=$OVERLAYS" --format=github)
  [[ -z $FLEET ]] || arguments+=("--fleet=$FLEET")
  [[ -z $base ]] || arguments+=("--base=$base")
  [[ -z ${GITHUB_STEP_SUMMARY:-} ]] || arguments+=("--format=markdown=$GITHUB_STEP_SUMMARY")
  gatespan "${arguments[@]}"
}

# pack makes the same bytes of the same files, with their paths in the repository.
pack() {
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -C "$DIRECTORY" -cf - -- "$1" | gzip --no-name
}

push() {
  local cluster=$1 repository=$2 tag=$3 work digest
  work=$(mktemp -d)
  echo '{}' >"$work/config.json"
  pack "$OVERLAYS/$cluster" >"$work/overlays.tar.gz"
  # Without the tag: Flux must not see an artifact before it is signed.
  digest=$(cd "$work" && oras push --format go-template='{{.digest}}' --config "config.json:$CONFIG_TYPE" \
    --annotation "org.opencontainers.image.revision=$GITHUB_REF_NAME@sha1:$commit" \
    --annotation "org.opencontainers.image.created=$created" \
    "$repository" "overlays.tar.gz:$LAYER_TYPE")
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "oras gave no digest for $repository"
  cosign sign --yes "$repository@$digest"
  oras tag "$repository@$digest" "$tag"
  rm -r "$work"
}

clusters=() repositories=() tags=()
while read -r cluster url tag more; do
  [[ -n $cluster ]] || continue
  [[ $cluster =~ ^[a-z0-9][-.a-z0-9]*$ && $url == oci://?* && $tag =~ ^[A-Za-z0-9_][-.A-Za-z0-9_]*$ && -z $more ]] ||
    fail "artifacts: a line is a cluster, its oci:// URL and a tag"
  [[ -d $DIRECTORY/$OVERLAYS/$cluster ]] || fail "cluster $cluster has no overlays in $OVERLAYS/$cluster"
  [[ -z $(find "$DIRECTORY/$OVERLAYS/$cluster" -type l -print -quit) ]] || fail "$OVERLAYS/$cluster has a symbolic link, which Flux would not follow"
  clusters+=("$cluster") repositories+=("${url#oci://}") tags+=("$tag")
done <<<"$ARTIFACTS"
[[ ${#clusters[@]} -gt 0 ]] || fail "artifacts names no cluster"
[[ $WITHOUT_BASE == true || $WITHOUT_BASE == false ]] || fail "without-base is true or false"
[[ -z $(git -C "$DIRECTORY" status --porcelain --ignored -- "$OVERLAYS") ]] || fail "$OVERLAYS is not as it was committed"
commit=$(git -C "$DIRECTORY" rev-parse HEAD)
created=$(TZ=UTC git -C "$DIRECTORY" show -s --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd HEAD)

# All are judged before any is pushed, each base once.
bases=""
for i in "${!clusters[@]}"; do
  base=""
  [[ $WITHOUT_BASE == true ]] || base=$(published "${repositories[i]}" "${tags[i]}")
  [[ " $bases" == *" ${base:-none} "* ]] && continue
  bases+="${base:-none} "
  judge "$base"
done
for i in "${!clusters[@]}"; do
  push "${clusters[i]}" "${repositories[i]}" "${tags[i]}"
done
