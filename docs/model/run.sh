#!/usr/bin/env bash
# Checks sync.pml exhaustively, then that each planted defect is refuted. Needs spin and a C compiler.
set -uo pipefail
cd "$(dirname "$0")"
model=$PWD/sync.pml
if ! command -v spin >/dev/null || ! command -v cc >/dev/null; then
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends spin gcc libc6-dev || exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
passed=0

# check NAME "SPIN FLAGS" "CC FLAGS" "PAN FLAGS": prints the states, answers whether there was an error.
check() {
  mkdir -p "$work/$1" && cd "$work/$1" || exit 1
  # shellcheck disable=SC2086
  spin $2 -a "$model" >/dev/null && cc -O2 -DVECTORSZ=2048 -DCOLLAPSE $3 -o pan pan.c 2>/dev/null || { echo "$1: does not build"; exit 1; }
  # shellcheck disable=SC2086
  ./pan -m1000000 $4 >out 2>&1
  states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out)
  if grep -q "Search not completed" out && ! grep -q "errors: [1-9]" out; then echo "$1: not exhaustive"; return 2; fi
  grep -q "errors: 0" out
}

SECONDS=0
for what in safety liveness; do
  if [ $what = safety ]; then check $what "" "-DSAFETY" ""; else check $what "" "-DNP" "-l"; fi
  case $? in
    0) echo "$what holds: $states states, $SECONDS s"; passed=$((passed + 1)) ;;
    *) echo "$what does not hold"; tail -30 out; failed=$((failed + 1)) ;;
  esac
done
for defect in NO_CAS CURSOR_FIRST NO_HORIZON DROP_ON_CRASH FORGET_ON_CUT NO_LINEAGE; do
  if check "$defect" "-D$defect" "-DSAFETY" ""; then
    echo "$defect was not refuted"; failed=$((failed + 1))
  else
    echo "$defect is refuted: $(sed -n 's/^pan:1: //p' out | head -1)"; passed=$((passed + 1))
  fi
done
echo "$passed passed, $failed failed, $SECONDS s"
[ -z "${TEST_RESULTS:-}" ] || printf '{"numPassedTests":%s,"numFailedTests":%s}\n' "$passed" "$failed" >"$TEST_RESULTS/model-$$.json"
[ "$failed" = 0 ]
