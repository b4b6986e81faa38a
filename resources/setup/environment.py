"""The virtual environment of a checkout: made, filled from the index or from a bundle, known again."""

import errno
import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from words import Refused, refusal, say

PROJECT = Path(__file__).resolve().parents[2]
OFFLINE = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def running_version() -> str:
    """3.11 and the like: the interpreter that runs this."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def is_sound() -> bool:
    """Whether the environment that runs this is whole: pip's list of files is written last when one is made."""
    if (Path(sys.prefix) / ".commandcenter-unfinished").exists() or sys.version_info < (3, 11):
        return False
    try:
        return bool(importlib.metadata.files("pip"))
    except importlib.metadata.PackageNotFoundError:
        return False


def scripts_folder(venv: Path) -> Path:
    """Where an environment keeps its programs."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def declared(project: Path) -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))


class Environment:
    """``.venv`` of a checkout. ``wheels``: the folder of a bundle, from which alone is installed."""

    def __init__(self, project: Path, wheels: Path | None = None) -> None:
        self.project = project
        self.wheels = wheels
        self.folder = project / ".venv"
        self.python = scripts_folder(self.folder) / ("python.exe" if os.name == "nt" else "python")
        self.log = self.folder / "commandcenter-install.log"
        # Present while pip writes; found at the start it tells of an installation that was cut off.
        self.unfinished = self.folder / ".commandcenter-unfinished"

    def make(self) -> None:
        """Anew, with the interpreter that runs this."""
        say(
            f"正在用 {sys.executable} 建立虚拟环境 .venv …",
            f"Making the virtual environment .venv with {sys.executable} …",
        )
        command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
        if self.wheels:
            command.insert(-1, "--without-pip")
        made = subprocess.run(command).returncode == 0
        if made and self.wheels:
            made = self._bring_pip()
        if not made:
            raise refusal(
                f"无法建立虚拟环境 {self.folder}（原因见上）。请检查磁盘空间和目录权限。",
                f"The virtual environment {self.folder} could not be made (the reason stands above). "
                "Check disk space and permissions.",
            )

    def _bring_pip(self) -> bool:
        """Out of the bundle's wheel: Debian keeps Python's own in a package, and run from its wheel pip is slow. Its
        list of files is the wheel's last member, so that a cut-off one is known."""
        assert self.wheels
        wheel = max(self.wheels.glob("pip-*.whl"), default=None)
        if wheel is None:
            return False
        base = str(self.folder)
        places = sysconfig.get_path("purelib", "nt_venv" if os.name == "nt" else "posix_venv",
                                    vars={"base": base, "platbase": base})  # fmt: skip
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(places)
        return True

    def _surroundings(self) -> dict[str, str]:
        """pip's own settings count as they stand, except that a bundle is installed without any."""
        if not self.wheels:
            return dict(os.environ)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return {**kept, **OFFLINE}

    def fingerprint(self) -> str:
        """What an installation depends on: the checkout's place, the interpreter, the declared dependencies."""
        found = declared(self.project)
        parts = [str(self.project), running_version(), found["build-system"], found["project"], found["tool"]["hatch"]]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def is_installed(self, extent: str) -> bool:
        """An installation with the test tools serves ``run`` as well."""
        program = scripts_folder(self.folder) / ("commandcenter.exe" if os.name == "nt" else "commandcenter")
        marks = (self.folder / f".commandcenter-{each}" for each in {extent, "test"})
        wanted = self.fingerprint()
        return program.exists() and any(mark.exists() and mark.read_text().strip() == wanted for mark in marks)

    def install(self, extent: str) -> None:
        """The program and what it needs: ``run``, or ``test`` with the test tools."""
        if self.is_installed(extent):
            return
        if self.wheels:
            say("正在从离线包安装程序及其依赖 …", "Installing the program and what it needs from the bundle …")
        else:
            say(
                "正在安装程序及其依赖（首次约需下载 160–230 MB）…",
                "Installing the program and what it needs (160 to 230 MB to fetch the first time) …",
            )
        self.log.unlink(missing_ok=True)
        self.unfinished.touch()
        source = ["--no-index", "--find-links", str(self.wheels)] if self.wheels else []
        command = [
            str(self.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
            "--log", str(self.log), *source, "--editable", ".[test]" if extent == "test" else ".",
        ]  # fmt: skip
        status = subprocess.run(command, cwd=self.project, env=self._surroundings()).returncode
        # pip undoes its own failures; only when it was killed is .venv in doubt.
        if 0 <= status < 128:
            self.unfinished.unlink()
        if status:
            raise explain(self.log, from_bundle=self.wheels is not None)
        (self.folder / f".commandcenter-{extent}").write_text(self.fingerprint() + "\n")


def explain(log: Path, *, from_bundle: bool = False) -> Refused:
    """One sentence for what pip has written into its log."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    if re.search("No space left on device|There is not enough space", text):
        return disk_full()
    if from_bundle and "No matching distribution found" in text:
        return refusal(
            "离线包里缺少本程序所需的软件包（见上）。请用这个程序重新制作离线包。",
            "The bundle lacks what this program needs (see above). Make it anew with this program.",
        )
    if re.search(
        "connection broken by|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded", text
    ):
        return refusal(
            "连接不上 Python 软件源，安装未完成。请检查网络、代理或 pip 的镜像设置后重试。",
            "The Python package index cannot be reached. Check the network, the proxy or pip's mirror settings "
            "and try again.",
        )
    if "No matching distribution found" in text:
        version = running_version()
        return refusal(
            f"软件源中没有适合 Python {version} 的软件包（见上）。可换解释器：PYTHON=python3.12 sh "
            "resources/setup.sh …",
            f"The package index has nothing for Python {version} (see above). Another interpreter may do: "
            "PYTHON=python3.12 sh resources/setup.sh …",
        )
    return refusal(
        f"安装未完成（原因见上；详细记录：{log}）。",
        f"The installation was not completed (the reason stands above; details: {log}).",
    )


def disk_full() -> Refused:
    """The sentence for a disk without room."""
    return refusal("磁盘已满，安装未完成。需要约 1.5 GB 空间。", "The disk is full; about 1.5 GB are needed.")


def trouble(error: OSError) -> Refused:
    """One sentence for what the file system answers."""
    if error.errno == errno.ENOSPC:
        return disk_full()
    where = error.filename or ""
    return refusal(
        f"无法读写 {where}：{error.strerror}。请检查权限和磁盘。",
        f"Cannot read or write {where}: {error.strerror}. Check permissions and the disk.",
    )
