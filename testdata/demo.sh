#!/usr/bin/env bash
# What `make demo` shows: a fleet becomes overlays, the overlays are judged, and one unsafe change to them is blocked.
# The change is made in a copy, so the work tree stays as it was.
set -euo pipefail

step() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
plain() { printf '\n$ %s\n' "$*"; }
[ -t 1 ] || step() { plain "$@"; }

step "gatespan generate --fleet $FLEET"
"$GATESPAN" generate --fleet "$FLEET"

step "gatespan check --fleet $FLEET"
"$GATESPAN" check --fleet "$FLEET"

step "gatespan show --fleet $FLEET"
"$GATESPAN" show --fleet "$FLEET"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/$(dirname "$FLEET")"
cp -R overlays "$copy/"
cp -R "$FLEET" "$copy/$FLEET"

printf '\nNow somebody edits one word of overlays/eks-prod/gateways/edge/edge.yaml: the client certificate becomes optional.\n'
sed -i.bak 's/mode: RequireAndVerify/mode: VerifyIfGiven/' "$copy/overlays/eks-prod/gateways/edge/edge.yaml"
rm "$copy/overlays/eks-prod/gateways/edge/edge.yaml.bak"

step "gatespan check --fleet $FLEET        # in a copy with that edit"
code=0
"$GATESPAN" check -C "$copy" --fleet "$FLEET" || code=$?
if [ "$code" -ne 1 ]; then
	echo "the unsafe change was not blocked: exit code $code" >&2
	exit 1
fi
printf '\nBlocked, exit code 1. The work tree is as it was.\n'
