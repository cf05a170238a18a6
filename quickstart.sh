#!/bin/sh
# From a fresh clone to a network that learns: installs what is missing, builds into build/, trains the embedded example.
set -eu
cd "$(dirname "$0")"
. ./cmake/packages.sh
install_missing $packages_build
echo "building into build/ (about a minute the first time)"
if [ -f build/CMakeCache.txt ]; then
    configure_and_build build
else
    configure_and_build build -DCMAKE_BUILD_TYPE=Release -DCPLUG_BUILD_TESTS=OFF -DCPLUG_BUILD_BENCHMARKS=ON
fi
exec build/bin/cplug-run train models/quickstart.ini
