"""The icon by which the desk is opened without a terminal: menu and desktop, on Linux and Windows."""

import os
import shutil
import subprocess
from pathlib import Path

from environment import Environment, scripts_folder
from words import say

DRAWING = Path(__file__).resolve().parents[1] / "pictures" / "commandcenter.svg"
ENTRY = """\
[Desktop Entry]
Type=Application
Name=Command Center
Name[zh_CN]=指挥中心
Comment=Duty desk of a township
Comment[zh_CN]=乡镇值班席位
Exec={program}
Icon={icon}
Terminal=false
Categories=Office;
StartupWMClass=commandcenter
"""
NAME = "Command Center"


def install(project: Path) -> None:
    """An icon for the program of ``project``; where one is already it opens this program from now on."""
    if os.name == "nt":
        _install_windows(project)
        return
    home = _data_home()
    picture = home / "icons" / "hicolor" / "scalable" / "apps" / "commandcenter.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DRAWING, picture)
    program = scripts_folder(Environment(project).folder) / "commandcenter-desk"
    text = ENTRY.format(program=_quoted(str(program)), icon=picture)
    for path in _entries():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        _trust(path)
    say(f"已添加图标：{'、'.join(map(str, _entries()))}", f"The icon is in place: {', '.join(map(str, _entries()))}")


def remove() -> None:
    """No icon any more."""
    gone = [path for path in (_windows_icons() if os.name == "nt" else _entries()) if path.exists()]
    for path in gone:
        path.unlink()
    if os.name != "nt":
        picture = _data_home() / "icons" / "hicolor" / "scalable" / "apps" / "commandcenter.svg"
        picture.unlink(missing_ok=True)
    say(f"已删除图标 {len(gone)} 个。", f"Icons removed: {len(gone)}.")


# --- Linux ----------------------------------------------------------------------------------------------------------


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _entries() -> list[Path]:
    """In the menu always, on the desktop where there is one."""
    found = [_data_home() / "applications" / "commandcenter.desktop"]
    desktop = _desktop()
    return [*found, desktop / "commandcenter.desktop"] if desktop else found


def _desktop() -> Path | None:
    try:
        answer = subprocess.run(["xdg-user-dir", "DESKTOP"], capture_output=True, text=True).stdout.strip()
    except OSError:
        answer = str(Path.home() / "Desktop")
    folder = Path(answer)
    # Without a desktop xdg-user-dir names the home folder.
    return folder if answer and folder.is_dir() and folder != Path.home() else None


def _quoted(path: str) -> str:
    """As the key Exec wants it: quoted, and a percent sign would be a field code."""
    for each in ("\\", '"', "`", "$"):
        path = path.replace(each, "\\" + each)
    return '"' + path.replace("\\", "\\\\").replace("%", "%%") + '"'


def _trust(path: Path) -> None:
    """Desktops that ask before they start what lies on them need not ask for this."""
    gio = shutil.which("gio")
    if gio:
        subprocess.run([gio, "set", str(path), "metadata::trusted", "true"], capture_output=True)


# --- Windows --------------------------------------------------------------------------------------------------------

_SHORTCUT = """
$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:CC_LINK)
$link.TargetPath = $env:CC_TARGET
$link.WorkingDirectory = $env:CC_FOLDER
if ($env:CC_ICON) { $link.IconLocation = $env:CC_ICON }
$link.Save()
"""
_DRAW = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

image = QImage(256, 256, QImage.Format.Format_ARGB32)
image.fill(Qt.GlobalColor.transparent)
painter = QPainter(image)
QSvgRenderer(sys.argv[1]).render(painter)
painter.end()
sys.exit(0 if image.save(sys.argv[2]) else 1)
"""


def draw(project: Path, target: Path) -> bool:
    """The drawing as a picture of 256 px (``.ico`` or ``.png``), made by the program's own Qt."""
    python = Environment(project).python
    return subprocess.run([str(python), "-c", _DRAW, str(DRAWING), str(target)], capture_output=True).returncode == 0


def _windows_desktop() -> Path:
    import winreg  # type: ignore[import-not-found,unused-ignore]

    key = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as found:  # type: ignore[attr-defined]
        return Path(os.path.expandvars(winreg.QueryValueEx(found, "Desktop")[0]))  # type: ignore[attr-defined]


def _windows_icons() -> list[Path]:
    return [_windows_desktop() / f"{NAME}{ending}" for ending in (".lnk", ".cmd")]


def _install_windows(project: Path) -> None:
    target = scripts_folder(Environment(project).folder) / "commandcenter-desk.exe"
    picture = project / "commandcenter.ico"
    link, script = _windows_icons()
    facts = {"CC_LINK": str(link), "CC_TARGET": str(target), "CC_FOLDER": str(Path.home()),
             "CC_ICON": str(picture) if draw(project, picture) else ""}  # fmt: skip
    command = ["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-Command", _SHORTCUT]
    try:
        made = subprocess.run(command, env={**os.environ, **facts}, capture_output=True).returncode == 0
    except OSError:
        made = False
    if not made or not link.exists():
        # PowerShell is blocked in some offices. The code page lets cmd read a path with Chinese in it.
        script.write_bytes(f'@echo off\r\nchcp 65001 >nul\r\nstart "" "{target}"\r\n'.encode())
        link = script
    else:
        script.unlink(missing_ok=True)
    say(f"已在桌面添加图标：{link}", f"The icon is on the desktop: {link}")
