"""A bundle: a folder with all that a machine without a network needs, which machine that is, and every file's digest.

``program/`` the program · ``linux/wheels``, ``linux/debs``, ``windows/wheels`` its packages · ``setup.sh``,
``setup.cmd`` the doors · ``manifest.txt`` and ``SHA256SUMS``. The digests find a damaged stick, not a forger.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from environment import declared, explain, running_version
from words import refusal, say

WINDOWS_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""What a Windows bundle serves unless told otherwise: a common wheel serves all, so each costs some 30 MB."""
PROGRAM = ("commandcenter", "resources", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE")
TESTS = ("tests", ".ci", ".gitattributes", ".gitignore")
LEFT_OUT = re.compile(r"__pycache__$|\.py[co]$|^\..*_cache$|\.lock$|\.part$")
SPACE = 600_000_000
"""Bytes that a bundle may take."""
DOORS = {
    "setup.sh": '#!/bin/sh\nexec sh "$(dirname -- "$0")/program/resources/setup.sh" "$@"\n',
    "setup.cmd": '@echo off\r\ncall "%~dp0program\\resources\\setup.cmd" %*\r\n',
}
NOTE = """\
Command Center {program}

安装（无需网络）/ To install, without a network:
  Linux    sh setup.sh install
  Windows  双击 setup.cmd / double-click setup.cmd
试用样例乡镇 / To try the sample township:
  Linux    sh setup.sh run
  Windows  setup.cmd run
更新：插入新的离线包，同样安装。退回：setup.sh rollback。详见 program/README.md。
An update: the same with a newer bundle. Back: setup.sh rollback. More in program/README.md.
"""


# --- the program ----------------------------------------------------------------------------------------------------


def program_files(project: Path, *, tests: bool = False) -> list[Path]:
    """Files of a checkout that make the program (and its tests), relative to it, in order."""
    found: list[Path] = []
    for name in PROGRAM + (TESTS if tests else ()):
        top = project / name
        if top.is_file():
            found.append(top)
        for folder, below, files in os.walk(top):
            below[:] = [each for each in below if not LEFT_OUT.search(each)]
            found += [Path(folder) / each for each in files if not LEFT_OUT.search(each)]
    return sorted(path.relative_to(project) for path in found)


def identity(project: Path) -> str:
    """Version and content of a program: two checkouts of the same version are told apart."""
    digest = hashlib.sha256()
    for path in program_files(project):
        digest.update(f"{path.as_posix()}\0{digest_of(project / path)}\n".encode())
    return f"{declared(project)['project']['version']}-{digest.hexdigest()[:8]}"


def copy_program(project: Path, target: Path, *, tests: bool) -> None:
    """Write the program to ``target``, which appears only when it is whole and then holds nothing else."""
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for path in program_files(project, tests=tests):
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / path, part / path)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


# --- the manifest ---------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> dict[str, str]:
    """Lines of ``key: value``; empty where there is none yet."""
    path = folder / "manifest.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {key: value for key, sign, value in (line.partition(": ") for line in lines) if sign}


def write_manifest(folder: Path, facts: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in facts.items())
    (folder / "manifest.txt").write_bytes(text.encode())


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: Path) -> None:
    """Write doors, note and the digest of every file; a bundle without them is not accepted."""
    for name, text in DOORS.items():
        (folder / name).write_bytes(text.encode())
    facts = read_manifest(folder)
    (folder / "README.txt").write_bytes(NOTE.format(**facts).replace("\n", "\r\n").encode("utf-8-sig"))
    tops = [folder / name for name in (*DOORS, "README.txt", "manifest.txt", "program", "linux", "windows")]
    files = sorted(each for top in tops for each in (top, *top.rglob("*")) if each.is_file())
    lines = [f"{digest_of(each)}  {each.relative_to(folder).as_posix()}\n" for each in files]
    (folder / "SHA256SUMS").write_bytes("".join(lines).encode())
    size = round(sum(each.stat().st_size for each in files) / 1_000_000)
    say(
        f"离线包已就绪：{folder}（{len(files)} 个文件，{size} MB）。"
        "复制到目标机器后运行：sh setup.sh install（Windows 双击 setup.cmd）。",
        f"The bundle is ready: {folder} ({len(files)} files, {size} MB). "
        "Copy it to the machine, then: sh setup.sh install (Windows: double-click setup.cmd).",
    )


def verify(folder: Path, parts: tuple[str, ...]) -> None:
    """Refuse a bundle of which a file below one of ``parts`` is missing or damaged."""
    sums = folder / "SHA256SUMS"
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
    wanted = {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name.startswith(parts)}
    say(f"正在校验离线包：{len(wanted)} 个文件 …", f"Checking the bundle: {len(wanted)} files …")
    bad = [name for name, digest in wanted.items() if not _is_whole(folder / name, digest)]
    if bad or not wanted:
        shown = "、".join(bad[:3]) or "SHA256SUMS"
        raise refusal(
            f"离线包已损坏或不完整：{shown}。未作任何改动，请重新复制或重新制作。",
            f"The bundle is damaged or incomplete: {shown}. Nothing was changed; copy it again or make it anew.",
        )


def _is_whole(path: Path, digest: str) -> bool:
    try:
        return digest_of(path) == digest
    except OSError:
        return False


def wheels_of(folder: Path) -> Path:
    """The Python packages of a bundle for this kind of machine, verified."""
    kind = "windows" if os.name == "nt" else "linux"
    facts = read_manifest(folder)
    served = facts.get(f"{kind}.python", "").split()
    if running_version() not in served:
        made_for = " ".join(served) or "–"
        raise refusal(
            f"这个离线包供 Python {made_for} 使用，而本机运行的是 {platform.python_version()}。"
            f"请安装其中一个版本，或用 bundle --python {running_version()} 重新制作。",
            f"This bundle serves Python {made_for}; this is {platform.python_version()}. Install one of those, or make "
            f"a bundle with --python {running_version()}.",
        )
    verify(folder, (f"{kind}/wheels/",))
    return folder / kind / "wheels"


# --- filling it -----------------------------------------------------------------------------------------------------


def fill(project: Path, folder: Path, kind: str, machine: tuple[str, str], pythons: list[str], *, tests: bool) -> None:
    """Put the program and the Python packages for ``kind`` (``linux``, ``windows``) into ``folder``.

    ``machine``: release and processor as setup.sh names them. What another kind has there already stays, as long as
    it serves this program.
    """
    if tests and not (project / "tests").is_dir():
        raise refusal(
            "这里的程序不带测试，无法制作含测试的离线包。",
            "The program here has no tests with it, so a bundle cannot have them.",
        )
    wheels = folder / kind / "wheels"
    if not wheels.exists() and shutil.disk_usage(folder).free < SPACE:
        raise refusal(
            f"{folder} 所在磁盘空间不足，离线包约需 0.6 GB。",
            f"There is too little room at {folder}; a bundle takes about 0.6 GB.",
        )
    pythons = pythons or (list(WINDOWS_PYTHONS) if kind == "windows" else [running_version()])
    roots = requirements(project, tests=tests)
    say("正在复制程序 …", "Copying the program …")
    copy_program(project, folder / "program", tests=tests)
    fetch(wheels, roots, kind, pythons)
    release, processor = ("windows-10", "AMD64") if kind == "windows" else machine
    facts = {f"{kind}.release": release, f"{kind}.processor": processor, f"{kind}.python": " ".join(pythons),
             f"{kind}.requires": _key(roots)}  # fmt: skip
    others = {key: value for key, value in read_manifest(folder).items() if "." in key and key not in facts}
    if any(key.endswith(".requires") and value != _key(roots) for key, value in others.items()):
        say(
            "离线包中为其他机器准备的部分属于旧程序，已去除；需要时请再次为它运行 bundle。",
            "What the bundle held for the other kind of machine belonged to an older program and is gone; "
            "run bundle for it again if it is needed.",
        )
        shutil.rmtree(folder / ("linux" if kind == "windows" else "windows"), ignore_errors=True)
        others = {}
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    common = {"program": identity(project), "made": made, "tests": "yes" if tests else "no"}
    write_manifest(folder, {**common, **others, **facts})


def requirements(project: Path, *, tests: bool) -> list[str]:
    """What pip has to find in a bundle: the program's needs, what builds it, and pip itself."""
    found = declared(project)
    extra = found["project"]["optional-dependencies"]["test"] if tests else []
    # hatchling asks for editables when it installs a checkout in its place.
    return [*found["project"]["dependencies"], *extra, *found["build-system"]["requires"], "editables", "pip"]


def _key(roots: list[str]) -> str:
    return hashlib.sha256(json.dumps(sorted(set(roots))).encode()).hexdigest()[:16]


def fetch(wheels: Path, roots: list[str], kind: str, pythons: list[str]) -> None:
    """Gather the wheels; those that are there serve again, without a network if they are enough."""
    part = wheels.with_name("wheels.part")
    part.mkdir(parents=True, exist_ok=True)
    for python in pythons:
        say(
            f"正在收集 Python 软件包（{kind}，Python {python}）…",
            f"Gathering Python packages ({kind}, Python {python}) …",
        )
        wanted = roots
        while wanted:
            _download(part, wheels, wanted, _flags(kind, python))
            # pip asks the markers of packages ("only on Windows") of the machine that it runs on.
            wanted = left_out(part, roots, marker_environment(kind, python))
    shutil.rmtree(wheels, ignore_errors=True)
    part.rename(wheels)


def _flags(kind: str, python: str) -> list[str]:
    flags = ["--platform", "win_amd64"] if kind == "windows" else []
    return [*flags, "--python-version", python] if kind == "windows" or python != running_version() else flags


def _download(part: Path, there: Path, wanted: list[str], flags: list[str]) -> None:
    log = part.with_name("pip.log")
    log.unlink(missing_ok=True)
    # For a machine like this one a package without a wheel (on ARM there is one) is built; for others it cannot be.
    how = ["download", "--only-binary", ":all:", "--dest"] if flags else ["wheel", "--wheel-dir"]
    command = [
        sys.executable, "-m", "pip", *how, str(part), "--no-input", "--disable-pip-version-check", "--log", str(log),
        "--find-links", str(part), *flags,
    ]  # fmt: skip
    if there.exists():
        command += ["--find-links", str(there)]
    if subprocess.run([*command, "--no-index", "--quiet", *wanted], capture_output=True).returncode:
        log.unlink(missing_ok=True)
        if subprocess.run([*command, *wanted]).returncode:
            raise explain(log)
    log.unlink(missing_ok=True)


def marker_environment(kind: str, python: str) -> dict[str, str]:
    """What a machine of this kind answers to the markers of packages."""
    facts = {"python_version": python, "python_full_version": f"{python}.0", "implementation_version": f"{python}.0"}
    if kind == "windows":
        facts |= {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"}
    return facts


def left_out(wheels: Path, roots: list[str], environment: dict[str, str]) -> list[str]:
    """Requirements of the wheels, from ``roots`` on, for which no wheel is there."""
    from pip._vendor.packaging.requirements import Requirement
    from pip._vendor.packaging.utils import canonicalize_name

    present: dict[str, list[str]] = {}
    for wheel in wheels.glob("*.whl"):
        present.setdefault(str(canonicalize_name(wheel.name.split("-")[0])), []).extend(_requires(wheel))
    missing: list[str] = []
    seen: set[tuple[str, str]] = set()
    todo = [(Requirement(root), "") for root in roots]
    while todo:
        requirement, extra = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
            continue
        name = str(canonicalize_name(requirement.name))
        if name not in present:
            requirement.marker = None
            missing.append(str(requirement))
            continue
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                todo += [(Requirement(each), wanted) for each in present[name]]
    return sorted(set(missing))


def _requires(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
        return Parser().parsestr(archive.read(name).decode("utf-8")).get_all("Requires-Dist") or []
