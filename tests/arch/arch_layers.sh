#!/usr/bin/env bash
# Checks the arrows between layers by reading include lines. Usage: arch_layers.sh REPOSITORY
set -u
cd "${1:?usage: arch_layers.sh REPOSITORY}" || exit 2
bad=0
# complain MESSAGE LINES: reports every offending line.
complain() { [ -z "$2" ] || { printf '%s\n%s\n' "$1" "$2"; bad=1; }; }
# included FOLDER: prints "file:line:path" of every repository-rooted include below FOLDER.
included() { grep -rnE '^#include "' "$1" --include='*.h' --include='*.cpp' 2>/dev/null | sed -E 's/#include "([^"]+)".*/\1/'; }

complain "No Qt under core/ or app/cli/:" "$(grep -rnE '#include <Q|#include <Qt' core app/cli --include='*.h' --include='*.cpp')"
complain "hdf5.h only in core/formats/hdf5:" \
    "$(grep -rnE '#include <(hdf5|H5[A-Za-z]*)\.h>' core app views --include='*.h' --include='*.cpp' | grep -v '^core/formats/hdf5/')"
complain "sqlite3.h only in core/project:" \
    "$(grep -rnE '#include <sqlite3\.h>' core app views --include='*.h' --include='*.cpp' | grep -v '^core/project/')"
complain "core/ includes only core/:" "$(included core | grep -vE ':core/')"
complain "app/cli/ includes only core/ and itself:" "$(included app/cli | grep -vE ':(core|app/cli)/')"
complain "views/ does not include app/:" "$(included views | grep -E ':app/')"
complain "No widgets in views/models or views/jobs:" \
    "$(grep -rnE '#include <(QWidget|QTableView|QTreeView|QDialog|QMainWindow|QLabel|qcustomplot\.h|QtWidgets)' views/models views/jobs 2>/dev/null)"
complain "charts do not include panels:" "$(included views/charts | grep -E ':views/panels/')"

# Allowed arrows of core/, one line per layer: the layers that it may include besides itself.
while read -r layer allowed; do
    [ -d "core/$layer" ] || continue
    pattern="^core/($layer$(for a in $allowed; do printf '|%s' "$a"; done))/"
    complain "core/$layer may include only: $layer $allowed" \
        "$(included "core/$layer" | awk -F: -v p="$pattern" '$3 !~ p')"
done <<'ARROWS'
base
io base
model base
formats base io model
tokens base io
numeric base
stats base model
spectra base model
quant base model numeric
score base model numeric quant stats spectra
forward base model
alloc base
plan base model numeric quant score alloc
export base io model formats numeric quant score alloc plan
measure base io model numeric quant forward score alloc plan export
project base io model numeric quant stats spectra score alloc plan measure
session base io model formats tokens numeric quant stats spectra forward score alloc plan export measure project
ARROWS
[ $bad -eq 0 ] && echo "layers are clean"
exit $bad
