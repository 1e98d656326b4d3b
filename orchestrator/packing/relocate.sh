#!/bin/sh
# Tells the environments of an unpacked project where their Python is:
#
#   .venv/bin/relocate [INTERPRETER]
#
# Without one it is the python@RELEASE@ on PATH. To be run by whoever may write here.
set -eu

fail() {
    printf 'error: %s\n  cause: %s\n\nhint: %s\n' "$1" "$2" "$3" >&2
    exit 1
}

usage="name a Python @RELEASE@ of this kind: .venv/bin/relocate /path/to/python@RELEASE@"
commands=$(dirname -- "$(realpath -- "$0")")
asked=${1:-python@RELEASE@}
found=$(command -v -- "$asked") || fail "there is no such Python" "$asked" "$usage"
# Its own words, so that a version manager's shim or another environment's link leads to what is behind it.
answer=$("$found" -I -S -c '
import os, sys, sysconfig
print(sysconfig.get_config_var("SOABI") or "")
print(os.path.realpath(sys._base_executable))
') || fail "this Python does not run" "$found" "$usage"
abi=${answer%%
*}
python=${answer#*
}
[ "$abi" = "@ABI@" ] || fail "this Python is of another kind" "$found is for $abi, the environments for @ABI@" "$usage"
[ -w "$commands" ] || fail "the environments cannot be written to" "$commands" "run this as the user whose they are"

ln -sfn -- "$python" "$commands/.python.$$"
mv -f -- "$commands/.python.$$" "$commands/python"
# An archive for one place says there where its Python is; a Python at another is found by the link alone.
project=$(dirname -- "$(dirname -- "$commands")")
for file in "$project"/.venv/pyvenv.cfg "$project"/py_modules/*/pyvenv.cfg; do
    if [ -f "$file" ] && grep -q '^home = .' "$file"; then
        sed 's/^home =.*/home =/' "$file" >"$file.$$"
        mv -f -- "$file.$$" "$file"
    fi
done
echo "Python is $python"
