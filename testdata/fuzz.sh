#!/usr/bin/env bash
# Runs every fuzz target of the module for $FUZZTIME, or those whose name holds one of the arguments, and prints how often each was
# executed. A target that was never executed is an error: building with coverage takes longer than fuzzing, so a short `go test -fuzz` may
# end before it began. What a target finds is written into testdata/fuzz of its package, to be committed with the mend; inputs that reach
# new code are kept in $FUZZCACHE.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go} time=${FUZZTIME:-30s} cache=${FUZZCACHE:-$PWD/bin/fuzz/corpus}
mkdir -p bin/fuzz "$cache"

wanted() {
  [[ $# -gt 1 ]] || return 0
  local word
  for word in "${@:2}"; do [[ $1 != *"$word"* ]] || return 0; done
  return 1
}

failed=0
printf '%-28s %-22s %12s %s\n' PACKAGE TARGET EXECUTIONS RESULT
while IFS=: read -r file target; do
  package=$(dirname "$file")
  wanted "$target" "$@" || continue
  binary=$PWD/bin/fuzz/${package//\//-}.test log=$PWD/bin/fuzz/$target.log
  if [[ ${built:-} != "$binary" ]]; then
    "$GO" test -c -fuzz . -o "$binary" "./$package"
    built=$binary
  fi
  result=ok
  # Without a bound, one input that reaches new code may be made smaller for a minute, in which nothing else is tried.
  (cd "$package" && "$binary" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.fuzzminimizetime 50x -test.parallel 1 \
    -test.fuzzcachedir "$cache/$package") >"$log" 2>&1 || result=FOUND
  executions=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' "$log" | tail -1)
  # The end of the time is sometimes told as a failure, of no input.
  [[ $result != FOUND ]] || grep -q -e 'Failing input' -e 'panic' -e '_test.go:' "$log" || ! grep -q 'context deadline exceeded' "$log" || result=ok
  [[ $result == FOUND || ${executions:-0} -gt 0 ]] || result="NEVER RAN"
  printf '%-28s %-22s %12s %s\n' "${package#internal/}" "$target" "${executions:-0}" "$result"
  [[ $result == ok ]] || { failed=1; sed 's/^/  /' "$log"; }
done < <(git grep --untracked -oE '^func Fuzz[A-Za-z0-9]*\(f \*testing\.F' -- '*_test.go' | sed -E 's/:func (Fuzz[A-Za-z0-9]*).*/:\1/' | sort)
exit $failed
