#!/usr/bin/env bash
# Write the training text of tiny-llama: the King James Version out of the Debian packages bible-kjv and bible-kjv-text.
#
# Usage: extract_text.sh OUT.txt
# The packages are downloaded with apt and unpacked into a temporary folder, nothing is installed. The text package holds
# a compressed file that only the reader of bible-kjv understands, which is why both are needed.
# Output: one verse per line without its number, one empty line between chapters, ASCII.
set -euo pipefail

out=${1:?usage: extract_text.sh OUT.txt}
out=$(realpath -m "$out")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download -qq bible-kjv bible-kjv-text 2>apt.log || { cat apt.log >&2; exit 1; }
for package in *.deb; do
    dpkg-deb --extract "$package" root
done
# -f switches pretty-printing off: one verse per line after "Ge1:1 ".
root/usr/bin/bible -f -p root/usr/lib Gen1:1-Rev22:21 </dev/null >verses.txt
[ "$(wc -l <verses.txt)" -eq 31102 ] || { echo "extract_text.sh: unexpected number of verses" >&2; exit 1; }
awk '{ chapter = $1; sub(/:.*/, "", chapter)
       if (NR > 1 && chapter != last) print ""
       last = chapter; sub(/^[^ ]+ /, ""); print }' verses.txt >text.part
mv text.part "$out"
