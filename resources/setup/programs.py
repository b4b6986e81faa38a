"""Installed programs side by side in the user's data folder, and the way from one to the next and back.

``commandcenter/`` of the user's data: ``programs/<version>-<digest>/`` each with its own .venv · ``programs/current``
the one that the icon opens · ``programs/update.json`` how it replaced the one before · ``copies/`` databases from
before an update and from before going back · ``setup.sh`` or ``setup.cmd``, the door to the current one.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bundle
import icon
from environment import Environment, scripts_folder
from words import language, refusal, say, words

MARK = ".commandcenter-program"
"""Stands in every folder that may be removed when it has served its time."""
DOORS = {
    "setup.sh": '#!/bin/sh\nhere=$(CDPATH=\'\' cd -- "$(dirname -- "$0")" && pwd)\n'
                'exec sh "$here/programs/$(cat "$here/programs/current")/resources/setup.sh" "$@"\n',
    "setup.cmd": '@echo off\r\nset /p current=<"%~dp0programs\\current"\r\n'
                 'call "%~dp0programs\\%current%\\resources\\setup.cmd" %*\r\n',
}  # fmt: skip


def data_folder() -> Path:
    """The user's data of this program, as the program itself finds it."""
    given = os.environ.get("COMMANDCENTER_DATA")
    if given:
        return Path(given)
    if os.name == "nt":
        return Path(os.environ["LOCALAPPDATA"]) / "commandcenter"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "commandcenter"


def programs_folder() -> Path:
    """Where the installed programs stand side by side."""
    return data_folder() / "programs"


def current() -> str | None:
    """The name of the program that the icon opens; None before the first installation."""
    path = programs_folder() / "current"
    name = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    return name if name and (programs_folder() / name).is_dir() else None


def installed(project: Path) -> Path:
    """``project`` where it has been set up; else, as on a stick, the current one of the installed programs."""
    name = current()
    if (project / ".venv").exists():
        return project
    if name is None:
        raise refusal("程序尚未安装，请先运行 install。", "The program is not installed yet: run install first.")
    return programs_folder() / name


def place(project: Path, bundle_folder: Path | None) -> Path:
    """A copy of ``project`` among the installed programs; there already, it is taken as it is."""
    if bundle_folder:
        bundle.verify(bundle_folder, ("program/",))
    target = programs_folder() / bundle.identity(project)
    with_tests = (project / "tests").is_dir()
    if not (target / MARK).exists() or (with_tests and not (target / "tests").is_dir()):
        say(f"正在把程序复制到 {target} …", f"Copying the program to {target} …")
        kept = target / ".venv"
        if kept.exists():
            shutil.rmtree(kept)
        target.parent.mkdir(parents=True, exist_ok=True)
        bundle.copy_program(project, target, tests=with_tests)
        (target / MARK).touch()
    return target


# --- an installed program and its database --------------------------------------------------------------------------


class Program:
    """One of the installed programs, asked through its own command line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = programs_folder() / name
        self.scripts = scripts_folder(Environment(self.folder).folder)

    def is_there(self) -> bool:
        """Whether it can be started."""
        return (self.scripts / ("commandcenter.exe" if os.name == "nt" else "commandcenter")).exists()

    def ask(self, *verb: str, database: str | None = None) -> dict[str, Any]:
        """A verb's answer; Refused with the program's own sentence."""
        chosen = ["--database", database] if database else []
        lang = "zh_CN" if language() == "zh" else "en"
        command = [str(self.scripts / "commandcenter"), *verb, "--json", *chosen, "--lang", lang]
        answer = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if answer.returncode:
            raise refusal(answer.stderr.strip(), answer.stderr.strip())
        return dict(json.loads(answer.stdout))

    def version(self, database: str | None = None) -> dict[str, Any]:
        """``database``, ``schema`` that it has, ``program`` (schema wanted), ``last_seq``, ``desks``."""
        return self.ask("db", "version", database=database)


def _copy_name(reason: str) -> Path:
    folder = data_folder() / "copies"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{reason}-{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}.sqlite"


# --- forward --------------------------------------------------------------------------------------------------------


def adopt(folder: Path) -> None:
    """Make the program in ``folder`` the current one; its database follows after a copy. Or change nothing."""
    new, name = Program(folder.name), current()
    if name == new.name:
        say(f"{new.name} 已是当前程序。", f"{new.name} is the current program already.")
        icon.install(new.folder)
        return
    old = Program(name) if name else None
    _bring_database(old, new)
    _switch(new)
    _remove_old({new.name, old.name if old else ""})
    if old:
        say(
            f"已从 {old.name} 更新到 {new.name}；请重新打开席位。要退回：{door()} rollback",
            f"Updated from {old.name} to {new.name}; open the desk anew. To go back: {door()} rollback",
        )
    else:
        say(f"已安装 {new.name}。以后的维护命令：{door()}", f"{new.name} is installed. From now on: {door()}")


def _switch(program: Program) -> None:
    _write(programs_folder() / "current", program.name)
    for name, text in DOORS.items():
        (data_folder() / name).write_bytes(text.encode())
    _put_sample_away(program)
    icon.install(program.folder)


def _put_sample_away(program: Program) -> None:
    """The sample township is made anew by a program of another version; what was tried on it is kept as a copy."""
    sample = data_folder() / "sample.sqlite"
    if not sample.exists():
        return
    facts = program.version(str(sample))
    if facts["schema"] != facts["program"]:
        away = _copy_name("sample")
        for ending in ("-wal", "-shm", ""):
            beside = sample.with_name(sample.name + ending)
            if beside.exists():
                beside.rename(away.with_name(away.name + ending))


def _write(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text + "\n", encoding="utf-8")
    os.replace(part, path)


def door() -> str:
    """The command that leads to the current program."""
    path = data_folder() / ("setup.cmd" if os.name == "nt" else "setup.sh")
    return f'"{path}"' if os.name == "nt" else f"sh {path}"


def _bring_database(old: Program | None, new: Program) -> None:
    """Upgrade the configured database after a copy; the way back is written down before anything is changed."""
    facts = new.version()
    wanted = facts["program"]
    if facts["schema"] is None or facts["schema"] == wanted:
        _remember(old, new, facts["database"], None)
        return
    if facts["schema"] > wanted:
        raise refusal(
            f"数据库（版本 {facts['schema']}）比这个程序（{wanted}）新，未作更新。若要退回旧程序，请运行 rollback。",
            f"The database ({facts['schema']}) is newer than this program ({wanted}); nothing was changed. "
            "To return to an older program use rollback.",
        )
    _require_nobody(old, facts)
    say(
        f"正在备份数据库并从版本 {facts['schema']} 升级到 {wanted} …",
        f"Backing up the database and upgrading it from version {facts['schema']} to {wanted} …",
    )
    copy = None
    if old and old.is_there():
        copy = _copy_name(f"before-{new.name}")
        old.ask("db", "backup", str(copy))
    elif facts["engine"] == "postgresql":
        raise refusal(
            "本机没有升级前的程序，无法备份共享数据库。"
            "请先用原来的程序 commandcenter db backup 备份，再运行 commandcenter db upgrade。",
            "There is no installed program that could back up the shared database first. Back it up with the one "
            "used so far (commandcenter db backup), then run commandcenter db upgrade.",
        )
    _remember(old, new, facts["database"], copy)
    automatic = new.ask("db", "upgrade")["backup"]
    say(f"升级前的备份：{copy or automatic}", f"The copy from before: {copy or automatic}")


def _remember(old: Program | None, new: Program, database: str, copy: Path | None) -> None:
    """How to go back. An update that was cut off after its upgrade finds nothing to do: its copy stays remembered."""
    if not old:
        return
    known = _last_update()
    if copy is None and (known.get("from"), known.get("to"), known.get("database")) == (old.name, new.name, database):
        return
    record = {"from": old.name, "to": new.name, "at": datetime.now(UTC).isoformat(), "database": database,
              "copy": str(copy) if copy else None}  # fmt: skip
    _write(programs_folder() / "update.json", json.dumps(record, ensure_ascii=False, indent=1))


def _last_update() -> dict[str, Any]:
    path = programs_folder() / "update.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _require_nobody(program: Program | None, facts: dict[str, Any]) -> None:
    """The program whose version the database has can tell whether a desk is open."""
    desks = facts["desks"]
    if desks is None and program and program.is_there():
        desks = program.version()["desks"]
    if desks:
        raise refusal(
            f"还有 {desks} 个席位开着。请关闭所有席位，半分钟后再试；未作任何改动。",
            f"{desks} desks are open. Close them all, wait half a minute and try again; nothing was changed.",
        )


def _remove_old(kept: set[str]) -> None:
    for folder in programs_folder().iterdir():
        if folder.name not in kept and (folder / MARK).exists():
            shutil.rmtree(folder, ignore_errors=True)


# --- and back -------------------------------------------------------------------------------------------------------


def go_back(*, assume_yes: bool) -> None:
    """The previous program and the database that belongs to it come back; what is newer is kept in a file."""
    record = _last_update()
    if not record or record["to"] != current() or not Program(record["from"]).is_there():
        raise refusal("没有可退回的更新。", "There is no update to take back.")
    old, new = Program(record["from"]), Program(record["to"])
    facts = new.version()
    wanted = old.version()["program"]
    if facts["schema"] in (None, wanted):
        say(
            "这次更新没有改动数据库，其中的内容全部保留。",
            "The update left the database as it was; everything in it stays.",
        )
    else:
        _restore(old, new, record, facts, assume_yes)
    (programs_folder() / "update.json").unlink()
    _switch(old)
    say(f"已退回 {old.name}；请重新打开席位。", f"{old.name} is back; open the desk anew.")


def _restore(old: Program, new: Program, record: dict[str, Any], facts: dict[str, Any], assume_yes: bool) -> None:
    copy = Path(record["copy"] or "")
    stranger = facts["schema"] != facts["program"]
    if not record["copy"] or not copy.exists() or record["database"] != facts["database"] or stranger:
        raise refusal(
            f"数据库 {facts['database']} 不是由本机升级的（或升级前的备份已不在），无法在此退回。"
            "请在升级它的机器上先运行 rollback。",
            f"The database {facts['database']} was not upgraded from here (or its copy is gone), so it cannot be taken "
            "back here. Run rollback on the machine that upgraded it first.",
        )
    _require_nobody(new, facts)
    newer = _copy_name(f"newer-{new.name}")
    lost = facts["last_seq"] - old.version(str(copy))["last_seq"]
    say(
        f"数据库 {facts['database']} 将恢复为更新前的备份 {copy}（{record['at'][:16]} UTC）。\n"
        f"此后录入的内容（{lost} 条变更）不在其中，完整保留在 {newer}，可用新程序打开。",
        f"The database {facts['database']} becomes the copy from before the update, {copy} ({record['at'][:16]} UTC).\n"
        f"What entered since ({lost} changes) is not in it; all of it is kept in {newer}, which the "
        "newer program opens.",
    )
    _confirm(assume_yes)
    new.ask("db", "set-aside", str(newer))
    try:
        old.ask("db", "restore", str(copy))
    except BaseException:
        new.ask("db", "restore", str(newer))
        raise


def _confirm(assume_yes: bool) -> None:
    if assume_yes:
        return
    if not sys.stdin.isatty():
        raise refusal("请加 --yes 确认；未作任何改动。", "Add --yes to confirm; nothing was changed.")
    print(words("确定退回吗？[y/N] ", "Go back? [y/N] "), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise refusal("未作任何改动。", "Nothing was changed.")
