#!/bin/sh
# Make .venv ready from nothing but a python3, and do nothing when it is ready already.
#
#   tools/venv.sh runtime    what `ltcflow` needs to run
#   tools/venv.sh dev        and what the tests and checks need (the dependency group "dev" of pyproject.toml)
#
# VENV names the folder (.venv), PYTHON the interpreter (the first of python3, python3.14 ... python3.11 that is 3.11 or
# newer). What was installed is written down in the folder: as long as the dependencies, this folder's place and its
# interpreter stay the same, a second run installs nothing and needs no network.
set -eu
cd "$(dirname "$0")/.."
want=${1:?say runtime or dev}
venv=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $1"; shift; for line in "$@"; do say "  $line"; done; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        command -v "$PYTHON" >/dev/null 2>&1 || fail "PYTHON=$PYTHON: there is no such program."
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON does not run, or is older than Python 3.11." \
            "Name another one: make PYTHON=/path/to/python3.12 test"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "ltcflow needs Python 3.11 or newer; 'python3' here is $(python3 --version 2>/dev/null || echo missing)." \
        "Install one (https://www.python.org/downloads/), or name one: make PYTHON=/path/to/python3.12 test"
}

make_venv() {
    python=$(find_python)
    say "Making $venv with $python ($("$python" --version 2>&1)) ..."
    rm -rf "$venv"
    log=$(mktemp)
    if "$python" -m venv "$venv" >"$log" 2>&1 && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        rm -f "$log"
        return
    fi
    rm -rf "$venv"
    if "$python" -m virtualenv -q "$venv" >/dev/null 2>&1; then  # what a python3 without ensurepip may have instead
        rm -f "$log"
        return
    fi
    rm -rf "$venv"
    if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip "$venv" >/dev/null 2>&1 \
        && "$python" -m pip --python "$venv/bin/python" install -q pip >>"$log" 2>&1; then
        rm -f "$log"
        return
    fi
    rm -rf "$venv"
    say "$(tail -n 5 "$log")"
    rm -f "$log"
    fail "$python cannot make a virtual environment: its modules venv and ensurepip are not both there." \
        "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere: install virtualenv for $python," \
        "or name a complete Python: make PYTHON=/path/to/python3.12"
}

# Everything that decides what is installed: dependencies, scripts and plugins, the build, where it stands, with what.
state() {
    "$venv/bin/python" - <<'PY'
import sys
import tomllib
from pathlib import Path

data = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
print(sys.version.split()[0], Path.cwd(), data["build-system"], data["project"], data["dependency-groups"])
PY
}
ready() { [ -f "$venv/.ready-$1" ] && [ "$(cat "$venv/.ready-$1")" = "$(state)" ]; }

if ! { [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python"; }; then
    make_venv
fi
if ready "$want" || { [ "$want" = runtime ] && ready dev; }; then
    exit 0
fi

rm -f "$venv/.ready-runtime" "$venv/.ready-dev"
set -- -e .
if [ "$want" = dev ]; then
    "$venv/bin/python" - >"$venv/dev.txt" <<'PY'
import tomllib

with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["dependency-groups"]["dev"], sep="\n")
PY
    set -- "$@" -r "$venv/dev.txt"
fi
say "Installing ltcflow ($want) into $venv ..."
PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install -q --no-input "$@" \
    || fail "pip could not install what ltcflow needs (see above)." \
        "Without a network this works only with a $venv that was made before: keep it, or set PIP_INDEX_URL to a mirror."
state >"$venv/.ready-$want"
