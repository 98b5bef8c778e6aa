#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_install.sh MESON SOURCE BUILD PREFIX LIBDIR MANDIR CC... - what is installed is enough to build programs.
#
# Installs into a folder of its own, and builds and runs there the example in C and two programs in
# C++ with nothing but the installed headers, library and pkg-config file. Of the build folder only
# meson's log of installations is written.
set -euo pipefail
meson=$1 source=$2 build=$3 prefix=$4 libdir=$5 mandir=$6
shift 6
cc=("$@")

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
"$meson" install -C "$build" --no-rebuild --quiet --destdir "$root"

# Ours comes first; the files of the libraries it needs are the system's.
export PKG_CONFIG_PATH=$root$prefix/$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
export LD_LIBRARY_PATH=$root$prefix/$libdir
read -ra flags <<<"$(pkg-config --cflags --libs jeton)"
echo "pkg-config: version $(pkg-config --modversion jeton), ${flags[*]}"

# build_and_run NAME ANSWER COMPILER... SOURCE: it compiles without a warning and says that.
build_and_run() {
    local name=$1 answer=$2 said
    shift 2
    "$@" -Wall -Wextra -Wpedantic -Werror "${flags[@]}" -o "$root/$name"
    said=$("$root/$name")
    [[ $said == "$answer" ]] || {
        echo "$name said: $said"
        exit 1
    }
    echo "$name: $said"
}

example=$source/examples/make_and_verify.c
build_and_run c11 "accepted: alice" "${cc[@]}" -std=c11 "$example"
build_and_run c17 "accepted: alice" "${cc[@]}" -std=c17 "$example"
if command -v c++ >/dev/null; then
    build_and_run cxx "accepted: alice" c++ -std=c++11 "$source/tests/install/accepts.cpp"
    build_and_run wrapper "accepted: alice
refused: ECDSA signature of the wrong length" c++ -std=c++17 "$source/examples/wrapper.cpp"
else
    echo "no c++ here: the program in C++ was not built"
fi

# The manual: a page for each command and header, and each function leads to its page.
man=$root$prefix/$mandir
grep -q '^\.Nm jeton$' "$man/man1/jeton.1"
grep -q '^\.Fo jeton_key_parse$' "$man/man3/jeton_key_parse.3"
echo "manual: $(find "$man" -type f | wc -l) pages"

# The program is there too, and finds everything it needs.
"$root$prefix/bin/jeton" --help >/dev/null
echo "jeton: runs"
