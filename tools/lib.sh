# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# tools/lib.sh - what the verbs of ./dev share. Sourced by them, never run.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
verb=$(basename "$0")

# The distribution's tools by their path: a pyenv or a venv that comes first in PATH has neither
# our Python packages nor a meson that finds our compilers.
export PYTHON=/usr/bin/python3
meson=/usr/bin/meson
export NINJA=/usr/bin/ninja

say() {
    printf '%s: %s\n' "$verb" "$*"
}

# die STATUS WORDS...   1 refused or failed, 2 wrong usage, 3 the machine
die() {
    printf '%s: %s\n' "$verb" "${*:2}" >&2
    exit "$1"
}

# Answers --help with the comment at the top of the script, so that there is one text to maintain.
answer_help() {
    local arg
    for arg; do
        if [[ $arg == --help || $arg == -h ]]; then
            awk 'NR > 2 { if (!/^#/ || /^# shellcheck/) exit; sub(/^# ?/, ""); print }' "$0"
            exit 0
        fi
    done
}

# no_arguments "$@": for verbs that take none but --help.
no_arguments() {
    answer_help "$@"
    [[ $# -eq 0 ]] || die 2 "\"$1\" is not understood; ./dev $verb --help"
}

# need GROUP...: the packages of these groups are there afterwards, or the verb ends.
need() {
    "$root/tools/setup" --quiet "$@" || exit $?
}

# configure FOLDER [CC=compiler] [MESON OPTION...]: a build folder with these options. It is made
# anew when other tools or another checkout made it and when its making was interrupted; other
# options are changed in place; ninja takes care of every other change. A folder is always given
# the same set of options, if with other values: one that is left out keeps its value.
configure() {
    local folder=$root/$1 cc=gcc
    shift
    if [[ ${1-} == CC=* ]]; then
        cc=${1#CC=}
        shift
    fi
    local tools options=$* change=()
    tools="$root, meson $("$meson" --version), $("$cc" --version | head -n 1)"
    if [[ -f $folder/build.ninja && $(head -n 1 "$folder/.made-with" 2>/dev/null) == "$tools" ]]; then
        [[ $(tail -n 1 "$folder/.made-with") != "$options" ]] || return 0
        change=(--reconfigure)
    else
        mkdir -p "$folder"
        # a fuzzing corpus took hours to grow: it outlives the folder
        find "$folder" -mindepth 1 -maxdepth 1 ! -name corpus -exec rm -rf {} +
    fi
    rm -f "$folder/.made-with"
    if ! CC=$cc "$meson" setup "${change[@]}" "$folder" "$root" "$@" >"$folder/setup.log" 2>&1; then
        cat "$folder/setup.log" >&2
        return 1
    fi
    printf '%s\n%s\n' "$tools" "$options" >"$folder/.made-with"
}

# compile FOLDER [TARGET...]: silent unless the compiler has something to say. First the build
# files themselves, because meson is talkative when it makes them anew.
compile() {
    local folder=$root/$1 log=$root/$1/compile.log
    shift
    if ! "$NINJA" -C "$folder" build.ninja >"$log" 2>&1 ||
        ! "$NINJA" --quiet -C "$folder" "$@" >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
    grep -v '^ninja: ' "$log" >&2 || true # what is left are warnings
}
