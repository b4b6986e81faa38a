"""The verbs of setup.sh on Windows, for setup.cmd. There are no system packages there; all else is the same code."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import bundle
import icon
import programs
from environment import PROJECT, Environment, scripts_folder
from words import refusal, words

OLDEST = (10, 0, 17763)
"""Windows 10 of autumn 2018 (1809): the oldest that Qt runs on."""


def check_machine() -> None:
    """Refuse what Qt's wheels are not built for."""
    if os.name != "nt":
        return
    found = sys.getwindowsversion()  # type: ignore[attr-defined,unused-ignore]
    if (found.major, found.minor, found.build) < OLDEST:
        raise refusal(
            f"本机是 Windows {found.major}.{found.minor}（{found.build}），本程序需要 Windows 10 1809 或更新版本。",
            f"This is Windows {found.major}.{found.minor} ({found.build}); Windows 10, version 1809, or newer "
            "is needed.",
        )
    if sysconfig.get_platform() != "win-amd64":
        raise refusal(
            f"这个 Python 是 {sysconfig.get_platform()} 版，本程序需要 64 位（x86-64）的 Python。",
            f"This Python is built for {sysconfig.get_platform()}; a 64-bit (x86-64) one is needed.",
        )


def run(source: Path | None, arguments: list[str]) -> int:
    """Open the desk; from a bundle, after installing it for good."""
    arguments = arguments or ["--demo"]
    if source and source / "program" == PROJECT:
        if programs.current() != bundle.identity(PROJECT):
            install(source, [])
        return _start(programs.programs_folder() / bundle.identity(PROJECT), "commandcenter", arguments)
    _prepare(PROJECT, "run", source)
    return _start(PROJECT, "commandcenter", arguments)


def test(source: Path | None, arguments: list[str]) -> int:
    """Run the test suite."""
    inside = source is not None and source / "program" == PROJECT
    project = programs.place(PROJECT, source) if inside else PROJECT
    _prepare(project, "test", source)
    return _start(project, "python", ["-m", "pytest", "-n", "auto", "--dist", "worksteal", *arguments])


def install(source: Path | None, arguments: list[str]) -> int:
    """Put the program beside the user's data, in place of an older one after a backup."""
    project = PROJECT
    if source:
        project = source / "program"
    placed = programs.place(project, source)
    _prepare(placed, "run", source)
    programs.adopt(placed)
    return 0


def make_bundle(source: Path | None, arguments: list[str]) -> int:
    """Fill a folder for Windows machines without a network."""
    folder, pythons, tests = "", [], []
    todo = iter(arguments)
    for word in todo:
        if word == "--python":
            pythons.append(next(todo, ""))
        elif word == "--with-tests":
            tests.append(word)
        elif word == "--for" and next(todo, "") == "windows":
            continue
        elif folder or word.startswith("-"):
            return usage()
        else:
            folder = word.rstrip('"')
    if not folder or "" in pythons:
        return usage()
    target = Path(folder).resolve()
    target.mkdir(parents=True, exist_ok=True)
    _prepare(PROJECT, "bare", None)
    python = Environment(PROJECT).python
    _step(python, PROJECT, "fill", str(target), "windows", "windows", "AMD64", *tests, *pythons)
    _step(python, PROJECT, "seal", str(target))
    return 0


def rollback(source: Path | None, arguments: list[str]) -> int:
    """Take the last update back."""
    programs.go_back(assume_yes="--yes" in arguments)
    return 0


def icons(source: Path | None, arguments: list[str]) -> int:
    """Add the icon for this program or, from a bundle, for the installed one; or remove it."""
    if "--remove" in arguments:
        icon.remove()
    else:
        icon.install(programs.installed(PROJECT))
    return 0


VERBS: dict[str, Callable[[Path | None, list[str]], int]] = {
    "run": run, "test": test, "install": install, "update": install, "bundle": make_bundle, "rollback": rollback,
    "icon": icons,
}  # fmt: skip


def usage() -> int:
    """The verbs; exit code 2."""
    print(
        words(
            "用法：setup.cmd run [参数] | test [参数] | install | bundle 文件夹 [--python 3.13] [--with-tests]\n"
            "      setup.cmd rollback | icon [--remove]\n"
            "run、test、install 后加 --from 文件夹：一切取自离线包，不使用网络。双击等于 install。",
            "Usage: setup.cmd run [ARGS] | test [ARGS] | install | bundle DIR [--python 3.13] [--with-tests]\n"
            "       setup.cmd rollback | icon [--remove]\n"
            "run, test and install with --from DIR take everything from a bundle and nothing from the network.\n"
            "A double click is install.",
        ),
        file=sys.stderr,
    )
    return 2


def main(arguments: list[str]) -> int:
    """Carry one verb out; without one, as by a double click, install."""
    verb, *more = arguments or ["install"]
    if verb not in VERBS:
        return usage()
    source = PROJECT.parent if PROJECT.name == "program" and (PROJECT.parent / "manifest.txt").exists() else None
    if more and more[0] == "--from":
        if len(more) < 2:
            return usage()
        source, more = Path(more[1].rstrip('"')).resolve(), more[2:]
        if not (source / "manifest.txt").exists():
            raise refusal(
                f"{source} 不是离线包（没有 manifest.txt）。", f"{source} is no bundle (it holds no manifest.txt)."
            )
    check_machine()
    return VERBS[verb](source, more)


def _prepare(project: Path, extent: str, source: Path | None) -> None:
    """Make and fill the .venv of ``project``, by the code that belongs to it."""
    there = Environment(project)
    sound = there.python.exists() and subprocess.run([there.python, "-B", _code(project), "sound"]).returncode == 0
    _step(Path(sys.executable), project, "prepare", extent, "no" if sound else "yes", str(source or ""))


def _step(python: Path, project: Path, *step: str) -> None:
    status = subprocess.run([python, "-B", _code(project), *step]).returncode
    if status:
        # The sentence has been said.
        sys.exit(status)


def _code(project: Path) -> Path:
    return project / "resources" / "setup"


def _start(project: Path, program: str, arguments: list[str]) -> int:
    command = scripts_folder(Environment(project).folder) / program
    return subprocess.run([str(command), *arguments], cwd=project if program == "python" else None).returncode
