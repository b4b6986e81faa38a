"""Which fonts paper is set in: looked for where each system keeps them, and handed to the engine by name.

The engine's own search and its built-in fonts are not used: without a Chinese font it would print empty boxes
without a word.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from commandcenter.base.errors import EnvironmentTrouble

SERIF = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC", "FangSong", "SimSun", "NSimSun",
    "FZShuSong-Z01", "FZSongS-Extended", "AR PL UMing CN", "Songti SC",
)  # fmt: skip
"""Families for what is read, the first that is there is taken (宋体, 仿宋)."""
SANS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "Microsoft YaHei", "SimHei",
    "DengXian", "FZHei-B01", "HYQiHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "PingFang SC", "Heiti SC",
)  # fmt: skip
"""Families for headings and labels (黑体)."""
_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Fonts:
    """What a sheet is set in: families by name, most wanted first, and the folders in which they lie."""

    serif: tuple[str, ...]
    sans: tuple[str, ...]
    places: tuple[str, ...]


@cache
def chosen() -> Fonts:
    """The fonts of this machine; EnvironmentTrouble ``paper.no_font`` where none can write Chinese."""
    return choose(folders())


def choose(places: tuple[Path, ...]) -> Fonts:
    """The wished families that lie in these folders."""
    named = tuple(str(each) for each in places)
    present = set(engine(named).families())
    serif = tuple(family for family in SERIF if family in present)
    sans = tuple(family for family in SANS if family in present)
    if not serif and not sans:
        raise EnvironmentTrouble("paper.no_font")
    # Where only one kind is there it serves for both.
    return Fonts(serif=(serif + sans)[:3], sans=(sans + serif)[:3], places=named)


@cache
def engine(places: tuple[str, ...]) -> Any:
    """The engine's own list of the fonts in these folders; it reads and keeps those that it writes with."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(places))


def folders() -> tuple[Path, ...]:
    """Folders that may hold fonts: those that fontconfig names for Chinese, else the usual ones of the system."""
    found = _of_fontconfig() or _usual()
    return tuple(path for path in found if path.is_dir())


def _of_fontconfig() -> tuple[Path, ...]:
    program = shutil.which("fc-list")
    if program is None or sys.platform == "win32":
        return ()
    try:
        told = subprocess.run(
            [program, ":lang=zh-cn", "file"], capture_output=True, text=True, timeout=_PATIENCE, check=True,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ()
    lines = (line.strip().rstrip(":") for line in told.stdout.splitlines())
    return tuple(dict.fromkeys(Path(line).parent for line in lines if line))


def _usual() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", str(home)))
        return Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts", local / "Microsoft" / "Windows" / "Fonts"
    return (
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts",
        Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts",
    )  # fmt: skip
