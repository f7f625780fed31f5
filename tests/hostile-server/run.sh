#!/usr/bin/env bash
# Every behaviour against the SDK in Node and in Chromium; then the table. Arguments go to vitest, such as -t "M8".
set -uo pipefail
cd "$(dirname "$0")/../.."
HOSTILE_TABLE=$(mktemp)
export HOSTILE_TABLE
node_modules/.bin/vitest run --project hostile "$@"
status=$?
node_modules/.bin/node tests/hostile-server/src/print-table.ts "$HOSTILE_TABLE"
rm -f "$HOSTILE_TABLE"
exit "$status"
