#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_go.sh GO OUTPUT SOURCE FOLDER - builds a program that uses golang-jwt, without modules and so
# without the network: the library is the distribution's, whichever version that is, under the name
# that modules have for the newest.
set -euo pipefail

go=$1 output=$(realpath -m "$2") source=$(realpath "$3") folder=$(realpath -m "$4")
share=/usr/share/gocode/src/github.com/golang-jwt/jwt
library=
for place in "$share" "$share/v4" "$share/v5"; do
    if [[ -f $place/token.go ]]; then
        library=$place
        break
    fi
done
if [[ -z $library ]]; then
    echo "golang-jwt is not below $share (package golang-github-golang-jwt-jwt-dev)" >&2
    exit 1
fi
version=$(dpkg-query -W -f '${Version}' golang-github-golang-jwt-jwt-dev | sed 's/^.*really//; s/-.*//')

# Tests that run side by side both ask for it: the first builds, the others wait and find it new.
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
if [[ $output -nt $source && $output -nt $library/token.go && $output -nt $0 ]]; then
    exit 0
fi

rm -rf "$folder"
copy=$folder/src/github.com/golang-jwt/jwt/v5
# a copy, not a link: the go tool does not look through links
mkdir -p "$copy"
cp "$library"/*.go "$copy/"
rm -f "$copy"/*_test.go
export GOPATH=$folder GOCACHE=$folder/cache GO111MODULE=off GOFLAGS='' GOTOOLCHAIN=local
# plain flags: with others the standard library would have to be compiled as well
"$go" build -ldflags "-X main.version=$version" -o "$output" "$source"
