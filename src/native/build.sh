#!/bin/sh
# build.sh <source folder> <output folder>: builds libtextvae_native.so incrementally. Called by the C# build.
# On failure its output is one line: what to install, or the first error and where the rest is.
set -u
source=$1 output=$2 log=$2/build.log
packages=
command -v cmake >/dev/null || packages="$packages cmake"
command -v c++ >/dev/null || packages="$packages g++"
command -v make >/dev/null || packages="$packages make"
if [ -z "${TORCH_ROOT:-}" ]; then
  [ -e /usr/include/torch/library.h ] || packages="$packages libtorch-dev"
fi
if [ -n "$packages" ]; then
  echo "The native library cannot be built before: apt-get install$packages libopenblas0-pthread"
  exit 1
fi

exec 9>"$output/.lock"
command -v flock >/dev/null && flock 9
if ! { cmake -S "$source" -B "$output/build" -DOUTPUT_DIRECTORY="${output%/}" \
       && cmake --build "$output/build" --parallel "$(nproc)"; } >"$log" 2>&1; then
  first=$(grep -m 1 -E "error:|Error" "$log")
  echo "The native library did not build: ${first:-see the log} (all of it in $log)"
  exit 1
fi
touch "$output/libtextvae_native.so"
