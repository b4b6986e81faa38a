"""A small program in place of Command Center, so that its set-up can be tested in seconds and without a network.

Its command line knows ``db version``, ``backup``, ``upgrade``, ``set-aside`` and ``restore`` on a "database" that is a
JSON file; what these verbs do to real databases is tested in tests/cli. Its build back end is a file of its own.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["resources/setup"]

[project]
name = "commandcenter"
version = "{version}"
dependencies = []

[project.optional-dependencies]
test = []

[tool.hatch]
"""
BACKEND = """\
import zipfile
from pathlib import Path

FACTS = "commandcenter-{version}.dist-info"


def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "commandcenter-{version}-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        wheel.writestr("commandcenter.pth", str(Path.cwd()))
        wheel.writestr(FACTS + "/METADATA", "Metadata-Version: 2.1\\nName: commandcenter\\nVersion: {version}\\n")
        wheel.writestr(FACTS + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(FACTS + "/entry_points.txt", "[console_scripts]\\ncommandcenter = commandcenter:main\\n")
        wheel.writestr(FACTS + "/RECORD", "")
    return name
"""
PROGRAM = '''\
"""Stands in for the program; its schema is {schema}."""

import json
import os
import shutil
import sys
from pathlib import Path

SCHEMA = "{schema}"


def main():
    words = sys.argv[1:]
    path = Path(os.environ["COMMANDCENTER_DATA"]) / "commandcenter.sqlite"
    if "--database" in words:
        path = Path(words[words.index("--database") + 1])
    held = json.loads(path.read_text()) if path.exists() and path.stat().st_size else None
    if words[:1] != ["db"]:
        print("opened by {version}", *words)
        return 0
    verb, file = words[1], words[2]
    if verb == "version":
        facts = {{"database": str(path), "engine": "sqlite", "program": SCHEMA, "schema": held and held["schema"]}}
        known = held is not None and held["schema"] == SCHEMA
        facts["last_seq"] = len(held["rows"]) if known else None
        facts["desks"] = held["desks"] if known else None
    elif verb == "backup":
        shutil.copyfile(path, file)
        facts = {{"file": file}}
    elif verb == "upgrade":
        if os.environ.get("STANDIN_BREAKS"):
            print("the upgrade was taken back", file=sys.stderr)
            return 2
        path.write_text(json.dumps({{**held, "schema": SCHEMA}}))
        facts = {{"from": held["schema"], "to": SCHEMA, "backup": None}}
    elif verb == "set-aside":
        shutil.copyfile(path, file)
        path.write_text("")
        facts = {{"file": file}}
    elif verb == "restore":
        shutil.copyfile(file, path)
        facts = {{"database": str(path)}}
    print(json.dumps(facts))
    return 0
'''


def write_project(folder: Path, version: str, schema: str) -> Path:
    """A checkout of the stand-in, with the real set-up scripts; every system library is taken to be there.

    One that is there becomes this version, as a newer checkout does.
    """
    code = folder / "resources" / "setup"
    shutil.copytree(PROJECT / "resources" / "setup", code, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    for name in ("setup.sh", "setup.cmd", "pictures/commandcenter.svg"):
        (folder / "resources" / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(PROJECT / "resources" / name, folder / "resources" / name)
    (folder / "commandcenter").mkdir(exist_ok=True)
    program = PROGRAM.format(version=version, schema=schema)
    (folder / "commandcenter" / "__init__.py").write_text(program, encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT.format(version=version), encoding="utf-8")
    (code / "backend.py").write_text(BACKEND.format(version=version), encoding="utf-8")
    needs_nothing(folder)
    return folder


def needs_nothing(folder: Path) -> None:
    """No library of the system is missing, whatever machine the tests run on."""
    with (folder / "resources" / "setup" / "system.sh").open("a", encoding="utf-8") as script:
        script.write("\nneeded_parts() { return 0; }\n")


def needs_a_library(folder: Path) -> None:
    """One library is missing, of a package that only a stand-in of apt knows."""
    with (folder / "resources" / "setup" / "system.sh").open("a", encoding="utf-8") as script:
        script.write("\nneeded_parts() { echo libnowhere.so.1 libnowhere1t64 libnowhere1; }\n")


def put_wheels(folder: Path) -> None:
    """The two wheels that every bundle holds, without a network: pip from this Python, and an empty one."""
    import ensurepip

    folder.mkdir(parents=True, exist_ok=True)
    # Debian keeps it apart from ensurepip.
    places = (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels"))
    pip = next(wheel for place in places for wheel in sorted(place.glob("pip-*.whl")))
    shutil.copyfile(pip, folder / pip.name)
    write_wheel(folder, "editables", "1.0")


def write_wheel(folder: Path, name: str, version: str, *requires: str, tag: str = "py3-none-any") -> Path:
    """An empty wheel with nothing but what it requires."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name.replace('-', '_')}-{version}-{tag}.whl"
    facts = f"{name.replace('-', '_')}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{facts}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        wheel.writestr(f"{facts}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{facts}/RECORD", "")
    return path


APT = {
    "apt-get": """\
echo "${APT_CONFIG:-}" "$@" >>"$HOME/apt.log"
for each; do
    case $each in
        Dir::Cache::archives=*) deb="${each#*=}/libnowhere1_1%3a2-1_all.deb" ;;
        --print-uris) echo "'file' libnowhere1_1%3a2-1_all.deb 4 SHA256:0"; exit ;;
        --download-only) test -e "$deb" || printf 'deb' >"$deb" ;;
    esac
done
if [ -n "${APT_CONFIG:-}" ]; then cat "$(dirname "$APT_CONFIG")/sources.list" >>"$HOME/apt.log"; fi""",
    "apt-cache": "echo Package: libnowhere1; echo Package: python3",
    "dpkg-query": "echo",
    "dpkg-deb": "echo Package: libnowhere1",
}
"""apt and its kin where only one package exists; what they were asked stands in ``apt.log`` of the home folder."""


class Machine:
    """Where the stand-in is set up: a home of its own, chosen commands in front, texts in English, no index."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.commands = folder / "commands"
        self.data = self.home / "data"
        for each in (self.home, self.commands, self.data):
            each.mkdir(parents=True)
        for name, body in APT.items():
            self.fake(name, body)

    def fake(self, name: str, body: str) -> None:
        """A command of this machine that answers as told."""
        path = self.commands / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *command: str | Path, language: str = "C.UTF-8", given: str = "", **more: str
            ) -> subprocess.CompletedProcess[str]:  # fmt: skip
        """Run a command to its end. Whatever would ask a package index fails at once."""
        surroundings = {
            **os.environ, "HOME": str(self.home), "XDG_DATA_HOME": str(self.home / "share"), "LC_ALL": language,
            "COMMANDCENTER_DATA": str(self.data), "PATH": f"{self.commands}:{os.environ['PATH']}",
            "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PYTHON": sys.executable, **more,
        }  # fmt: skip
        words = [str(each) for each in command]
        return subprocess.run(words, env=surroundings, input=given, capture_output=True, text=True, encoding="utf-8")

    def setup(self, script: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """``sh script words``."""
        return self.run("sh", script, *words, **more)
