#!/bin/bash
# Sets itself up, builds once, runs every test project and ends with "N passed, N failed".
# PERFLOG_TEST_CONFIGURATION=Debug runs with the debug checks; arguments name the projects to run (a part of the name).
set -uo pipefail
cd "$(dirname -- "$(readlink -f -- "$0")")" || exit 1

configuration=${PERFLOG_TEST_CONFIGURATION:-Release}
results=$PWD/artifacts/test-results
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive

fail() { echo "test.sh: $*" >&2; echo "0 passed, 1 failed"; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Another process may hold the package lock for a while, hence the timeout.
install_packages() { as_root apt-get -o DPkg::Lock::Timeout=120 -qq install -y --no-install-recommends "$@"; }

need_command() {
  command -v "$1" > /dev/null && return
  command -v apt-get > /dev/null || fail "'$1' is needed: install package $2."
  install_packages "$2" > /dev/null 2>&1 && command -v "$1" > /dev/null && return
  as_root apt-get -o DPkg::Lock::Timeout=120 -qq update > /dev/null 2>&1
  install_packages "$2" > /dev/null || fail "package $2 could not be installed; it is needed for '$1'."
}

# A program is published as native code, which takes a linker and the C library's files.
need_linker() {
  command -v clang > /dev/null || need_command gcc gcc
  [ -e /usr/include/zlib.h ] && [ -e /usr/include/stdio.h ] && return
  command -v apt-get > /dev/null || fail "the headers of zlib and the C library are needed for native code."
  install_packages libc6-dev zlib1g-dev > /dev/null || fail "packages libc6-dev and zlib1g-dev could not be installed; native code needs them."
}

set_up() {
  command -v dotnet > /dev/null || fail "the .NET 10 SDK is needed: 'dotnet' was not found."
  need_command kcat kcat
  need_command node nodejs
  need_command npm npm
  need_linker
  (cd tests/PerfLog.Interop.Tests/js && npm ci --no-fund --no-audit --loglevel=error) > /dev/null \
    || fail "'npm ci' in tests/PerfLog.Interop.Tests/js failed."
}

build() {
  dotnet build PerfLog.sln -c "$configuration" --nologo -v quiet -clp:NoSummary || fail "the build failed."
}

# The value of one counter in a test run's report.
counter() { sed -n "s/.*<Counters.* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -1; }

passed=0
failed=0

run_project() {
  local project=$1 name report exit_code run_passed run_failed started=$SECONDS
  name=$(basename "$project")
  report=$results/$name.trx
  echo "== $name"
  timeout 900 dotnet test "$project" -c "$configuration" --no-build --nologo \
    --logger "console;verbosity=minimal" --logger "trx;LogFileName=$report"
  exit_code=$?
  run_passed=$([ -f "$report" ] && counter "$report" passed)
  run_failed=$([ -f "$report" ] && counter "$report" failed)
  run_passed=${run_passed:-0}
  run_failed=${run_failed:-0}
  # A run that crashed, hung or found nothing must not look like a good one.
  if [ "$exit_code" != 0 ] && [ "$run_failed" = 0 ]; then
    echo "$name: the test run itself failed (exit code $exit_code)."
    run_failed=1
  elif [ "$((run_passed + run_failed))" = 0 ]; then
    echo "$name: no test ran."
    run_failed=1
  fi
  echo "   $name: $run_passed passed, $run_failed failed, $((SECONDS - started)) s"
  passed=$((passed + run_passed))
  failed=$((failed + run_failed))
}

wanted() {
  [ $# = 1 ] && return 0
  local project=$1 part
  shift
  for part in "$@"; do [[ $project == *"$part"* ]] && return 0; done
  return 1
}

set_up
build
rm -rf "$results"
mkdir -p "$results"
for project in tests/*.Tests tests/PerfLog.Simulation; do
  if [ -d "$project" ] && wanted "$project" "$@"; then run_project "$project"; fi
done

[ "$((passed + failed))" -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
