#!/bin/sh
# build.sh <source folder> <output folder> <level>...
# Builds libtextvae_kernels-<level>.so for each level of the processor (v3, v4, v4-bf16) with a C++ compiler alone; what is up to date
# stays.
# Called by the C# build. On failure it prints one line and ends with 3 if there is no compiler, with 1 if something does not build.
set -u
compiler=${CXX:-c++}

# Products may be contracted to fused multiply-adds; without errno and trapping, square roots and roundings vectorise; NaN and infinity keep
# their meaning.
flags="-std=c++17 -O3 -fPIC -fvisibility=hidden -ffp-contract=fast -fno-math-errno -fno-trapping-math -fopenmp"

# build.sh --compile <source folder> <output folder> <level>/<source file>: one object, which appears under its name when it is whole.
if [ "$1" = --compile ]; then
  level=${4%%/*} file=${4#*/}
  object=$3/obj/$level/$(basename "$file" .cpp).o
  case $level in
    v3) name="x86-64-v3" machine="-march=x86-64-v3" ;;
    v4) name="x86-64-v4" machine="-march=x86-64-v4 -mprefer-vector-width=512" ;;
    v4-bf16) name="x86-64-v4 with bfloat16" machine="-march=x86-64-v4 -mavx512bf16 -mavx512vnni -mprefer-vector-width=512" ;;
    *) echo "error: there is no level $level" >"$object.log" && exit 1 ;;
  esac
  # shellcheck disable=SC2086  # flags are several words
  "$compiler" $flags $machine "-DTEXTVAE_LEVEL=\"$name\"" "-I$2" -c "$2/$file" -o "$object.tmp" >"$object.log" 2>&1 &&
    mv "$object.tmp" "$object"
  exit
fi

source=${1%/} output=${2%/}
shift 2
fail() {
  cat "$output"/obj/*/*.log >"$output/build.log"
  first=$(grep -m 1 -E "error:|undefined reference|cannot find" "$output/build.log")
  echo "The kernels did not build: ${first:-see the log} (all of it in $output/build.log)"
  exit 1
}
exists() { [ -e "$1" ]; }
# Whether the first file is missing or older than another.
stale() { ! exists "$1" || [ -n "$(find "$@" -newer "$1")" ]; }

if ! command -v "$compiler" >/dev/null; then
  echo "no C++ compiler: apt-get install g++"
  exit 3
fi
for level; do mkdir -p "$output/obj/$level"; done
exec 9>"$output/.lock"
command -v flock >/dev/null && flock 9

# What belongs to sources that are no more goes.
for level; do
  rm -f "$output/obj/$level"/*.log
  for object in "$output/obj/$level"/*.o; do
    exists "$source"/*/"$(basename "$object" .o).cpp" || rm -f "$object" "$output/libtextvae_kernels-$level.so"
  done
done

jobs=$(
  for level; do
    for file in "$source"/*/*.cpp; do
      object=$output/obj/$level/$(basename "$file" .cpp).o
      if stale "$object" "$file" "$source"/*.h "$source"/*/*.h "$source/build.sh"; then echo "$level/${file#"$source/"}"; fi
    done
  done
)
if [ -n "$jobs" ]; then
  echo "$jobs" | xargs -P "$(nproc 2>/dev/null || echo 1)" -n 1 sh "$source/build.sh" --compile "$source" "$output" || fail
fi

for level; do
  library=$output/libtextvae_kernels-$level.so
  stale "$library" "$output/obj/$level"/*.o "$source/exports.map" || continue
  "$compiler" -shared -fopenmp -Wl,-z,defs "-Wl,--version-script=$source/exports.map" "$output/obj/$level"/*.o -o "$library.tmp" \
    >"$output/obj/$level/link.log" 2>&1 || fail
  mv "$library.tmp" "$library"
done
