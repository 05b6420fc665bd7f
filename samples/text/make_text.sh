#!/usr/bin/env bash
# Write calibration.txt out of public-domain texts in Debian packages. Usage: make_text.sh OUT.txt
# The packages are downloaded with apt and unpacked into a temporary folder, nothing is installed.
set -euo pipefail

out=$(realpath -m "${1:?usage: make_text.sh OUT.txt}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download -qq jargon-text golang-1.19-src 2>apt.log || { cat apt.log >&2; exit 1; }
for package in *.deb; do
    dpkg-deb --extract "$package" root
done
zcat root/usr/share/doc/jargon-text/jargon.txt.gz >jargon.txt
python3 "$here/mix_text.py" "root/usr/share/go-1.19/src/testdata/Isaac.Newton-Opticks.txt" jargon.txt \
    "$here/../tiny-llama/held_out.txt" >text.part
mv text.part "$out"
