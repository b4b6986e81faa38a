#!/bin/sh
# Compiles every resources/texts/<language>/<feature>.po into the .mo beside it.
#
# Usage: sh resources/texts/compile.sh [--check]
# With --check nothing is written: the stale ones are named and the exit code is 1.
# PYTHON names the interpreter; otherwise the project's .venv is taken, then python3. Babel must be installed in it.
# A .mo that already says the same is left untouched, whatever version of Babel wrote it.
set -eu

texts=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
project=$(dirname -- "$(dirname -- "$texts")")

python=${PYTHON:-}
if [ -z "$python" ]; then
    python=python3
    for candidate in "$project/.venv/bin/python" "$project/.venv/Scripts/python.exe"; do
        if [ -x "$candidate" ]; then python=$candidate; break; fi
    done
fi

# One process for all catalogues. Each .mo is written beside its target and renamed, so that a program or a test that
# reads it at this moment finds the old one or the new one, never half of one.
exec "$python" - "$texts" "${1:-}" <<'PYTHON'
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

try:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import read_mo, write_mo
    from babel.messages.pofile import PoFileError, read_po
except ImportError:
    sys.exit("compile.sh: 缺少 babel / babel is missing: sh resources/setup.sh test installs it")

# A compiled catalogue that names the hour of its making would differ after every run.
FIXED_DATE = datetime(2025, 1, 1, tzinfo=timezone.utc)


def read_source(source: Path) -> Catalog:
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=source.parent.name, abort_invalid=True)
    catalogue.project, catalogue.version = "commandcenter", ""
    catalogue.creation_date = catalogue.revision_date = FIXED_DATE
    return catalogue


def sentences(catalogue: Catalog) -> dict:
    """What a compiled catalogue holds: translated, not fuzzy."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            message.string if isinstance(message.string, str) else tuple(message.string)
        )
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }


def says_the_same(target: Path, catalogue: Catalog) -> bool:
    if not target.exists():
        return False
    with target.open("rb") as stream:
        compiled = read_mo(stream)
    return sentences(compiled) == sentences(catalogue)


def write(target: Path, catalogue: Catalog) -> None:
    partial = target.with_suffix(f".{os.getpid()}.part")
    with partial.open("wb") as stream:
        write_mo(stream, catalogue)
    os.replace(partial, target)


folder, mode = Path(sys.argv[1]), sys.argv[2]
failures = 0
for source in sorted(folder.glob("*/*.po")):
    target = source.with_suffix(".mo")
    try:
        catalogue = read_source(source)
        if says_the_same(target, catalogue):
            continue
        if mode == "--check":
            raise ValueError("its .mo is stale; run: sh resources/texts/compile.sh")
        write(target, catalogue)
    except (PoFileError, ValueError, UnicodeError) as error:
        failures += 1
        print(f"compile.sh: {source.parent.name}/{source.name}: {error}", file=sys.stderr)
sys.exit(1 if failures else 0)
PYTHON
