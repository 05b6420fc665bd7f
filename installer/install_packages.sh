#!/usr/bin/env bash
# Installs the Debian packages that Bitwright needs and that are missing. Usage: install_packages.sh build|ci
#   build  what it takes to build, run and test the program
#   ci     additionally what only the CI checks need
# Works as root or with sudo; does nothing when all packages are there.
set -euo pipefail

build_packages=(
    ca-certificates g++ cmake ninja-build pkg-config
    qt6-base-dev qt6-base-dev-tools qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools qt6-svg-dev libgl-dev
    qt6-qpa-plugins qt6-translations-l10n libqcustomplot-dev libeigen3-dev libopenblas-dev liblapacke-dev
    libhdf5-dev libsqlite3-dev nlohmann-json3-dev libexpected-dev libcli11-dev libfmt-dev libhwy-dev libxxhash-dev
    libpcre2-dev libutf8proc-dev libsentencepiece-dev
    fonts-dejavu-core
)
ci_packages=(clang clang-format clang-tidy libclang-rt-14-dev git python3 python3-venv python3-pip unzip)

packages=("${build_packages[@]}")
case "${1:-build}" in
    build) ;;
    ci) packages+=("${ci_packages[@]}") ;;
    *) echo "usage: install_packages.sh build|ci" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "All ${#packages[@]} needed Debian packages are installed."
    exit 0
fi

root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing and installing them needs root or sudo: ${missing[*]}" >&2
        exit 1
    fi
    root=(sudo)
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
