#!/bin/sh
# Installs what the tests need, builds into build/ and runs them; ends with CTest's summary and status.
set -eu
cd "$(dirname "$0")"
. ./cmake/packages.sh
install_missing $packages_build $packages_test
echo "building into build/"
configure_and_build build -DCPLUG_BUILD_TESTS=ON -DCPLUG_BUILD_BENCHMARKS=ON
exec ctest --test-dir build --output-on-failure --parallel "$(nproc)" "$@"
