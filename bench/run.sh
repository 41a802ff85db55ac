#!/bin/sh
# Measures PerfLog. Builds the benchmarks and the program under test (Release), then runs what is asked for:
#   bench/run.sh broker [--quick] [--json FILE]
#   bench/run.sh groups [--quick] [--json FILE]
#   bench/run.sh serdes [--quick] [--json FILE]
#   bench/run.sh clients [--quick] [--json FILE]
#   bench/run.sh engine [--quick] [--json FILE]
#   bench/run.sh micro [FILTER]
set -eu

root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if ! (cd "$root" && dotnet build bench/PerfLog.Benchmarks -c Release --nologo -v quiet -clp:NoSummary) > "$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
[ "${1:-}" = micro ] || [ "${1:-}" = engine ] || "$root/perflog" --version > "$log" || { cat "$log" >&2; exit 1; }

rm -f "$log"
exec "$root/artifacts/bin/PerfLog.Benchmarks/release/PerfLog.Benchmarks" "$@"
