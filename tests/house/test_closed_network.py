"""From a bundle to a desk without a network, forward to a newer program and back, with a stand-in program.

What makes a bundle or installs from one belongs to the slow runs: whoever changes ``resources/setup`` asks for them
with ``-m "soak or not soak"``.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import filelock
import pytest

from tests.house.standin import PROJECT, Machine, needs_a_library, put_wheels, write_project, write_wheel

SETUP = PROJECT / "resources" / "setup.sh"
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="session")
def bundles(shared_folder: Path) -> Path:
    """``checkout``, and a bundle made of it (``old``); no test changes them."""
    folder = shared_folder / "bundles"
    with filelock.FileLock(f"{folder}.making"):
        if not (folder / "done").exists():
            make_bundle(folder, "old", "1.0", "0001")
            (folder / "done").touch()
    return folder


def make_bundle(folder: Path, name: str, version: str, schema: str) -> Path:
    """What ``bundle`` makes of a checkout of this version, which is beside it."""
    project = write_project(folder / "checkout", version, schema)
    put_wheels(folder / name / "linux" / "wheels")
    made = Machine(folder / "maker").setup(project / "resources" / "setup.sh", "bundle", folder / name)
    assert made.returncode == 0, made.stderr
    return folder / name


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is installed yet."""
    return Machine(tmp_path / "machine")


@pytest.fixture
def bundle(bundles: Path, tmp_path: Path) -> Path:
    """A copy of the older bundle that a test may damage."""
    shutil.copytree(bundles / "old", tmp_path / "stick")
    return tmp_path / "stick"


def manifest(folder: Path) -> dict[str, str]:
    lines = (folder / "manifest.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def change_manifest(folder: Path, **facts: str) -> None:
    changed = {**manifest(folder), **{key.replace("_", "."): value for key, value in facts.items()}}
    text = "".join(f"{key}: {value}\n" for key, value in changed.items())
    (folder / "manifest.txt").write_text(text, encoding="utf-8")


# --- the bundle ---------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_bundle_names_its_machine_and_every_file(bundles: Path) -> None:
    folder = bundles / "old"
    facts = manifest(folder)
    assert facts["program"].startswith("1.0-") and facts["linux.python"] == MINOR and facts["tests"] == "no"
    assert facts["linux.processor"] and "-" in facts["linux.release"]
    check = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True)
    assert check.returncode == 0
    listed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert there - listed == {"SHA256SUMS"}
    assert {"setup.sh", "setup.cmd", "README.txt", "program/resources/setup.sh"} <= there


@pytest.mark.soak
def test_a_second_bundle_takes_what_is_there_and_needs_no_network(bundles: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "maker")
    folder = tmp_path / "again"
    shutil.copytree(bundles / "old", folder)
    (folder / "program" / "stray.txt").write_text("left by somebody")
    before = {each.name: each.read_bytes() for each in (folder / "linux" / "wheels").iterdir()}
    newer = write_project(tmp_path / "checkout", "2.0", "0002")
    made = machine.setup(newer / "resources" / "setup.sh", "bundle", folder)
    assert made.returncode == 0, made.stderr
    assert {each.name: each.read_bytes() for each in (folder / "linux" / "wheels").iterdir()} == before
    assert not (folder / "program" / "stray.txt").exists() and not (folder / "linux" / "wheels.part").exists()


@pytest.mark.soak
def test_without_a_network_a_new_bundle_is_refused_in_a_sentence(bundles: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "maker")
    script = bundles / "checkout" / "resources" / "setup.sh"
    made = machine.setup(script, "bundle", tmp_path / "empty", PIP_NO_INDEX="0", PIP_RETRIES="0",
                         PIP_INDEX_URL="http://127.0.0.1:9/simple")  # fmt: skip
    assert made.returncode == 2 and "index cannot be reached" in made.stderr
    assert not (tmp_path / "empty" / "SHA256SUMS").exists()


@pytest.mark.soak
@pytest.mark.parametrize("words", [(), ("DIR", "--for", "moon"), ("DIR", "--python"), ("DIR", "OTHER"), ("--for",)])
def test_a_bundle_in_other_words_shows_the_use(bundles: Path, machine: Machine, words: tuple[str, ...]) -> None:
    made = machine.setup(bundles / "checkout" / "resources" / "setup.sh", "bundle", *words)
    assert made.returncode == 2 and "bundle DIR" in made.stderr
    assert not (Path.cwd() / "DIR").exists()


@pytest.fixture
def closure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """The question which packages a folder of wheels lacks."""
    monkeypatch.syspath_prepend(PROJECT / "resources" / "setup")
    import bundle as bundles_module

    def ask(folder: Path, *roots: str, kind: str) -> list[str]:
        return bundles_module.left_out(folder, list(roots), bundles_module.marker_environment(kind, "3.12"))

    yield ask
    for name in ("bundle", "environment", "words"):
        sys.modules.pop(name, None)


def test_what_only_windows_needs_is_found_missing_for_windows(closure: Any, tmp_path: Path) -> None:
    write_wheel(tmp_path, "town", "1.0", 'colours; sys_platform == "win32"', 'fork>1; os_name == "posix"',
                'plot; extra == "draw"', 'back-port; python_version < "3.12"')  # fmt: skip
    assert closure(tmp_path, "town", kind="windows") == ["colours"]
    assert closure(tmp_path, "town", kind="linux") == ["fork>1"]
    assert closure(tmp_path, "town[draw]", kind="windows") == ["colours", "plot"]
    write_wheel(tmp_path, "colours", "2.0", "deeper")
    assert closure(tmp_path, "town", kind="windows") == ["deeper"]


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.parametrize("verb", ["run", "test", "install"])
def test_a_folder_that_is_no_bundle_is_refused(bundles: Path, machine: Machine, tmp_path: Path, verb: str) -> None:
    answer = machine.setup(bundles / "checkout" / "resources" / "setup.sh", verb, "--from", tmp_path)
    assert answer.returncode == 2 and "is no bundle" in answer.stderr


@pytest.mark.soak
@pytest.mark.parametrize(
    ("facts", "language", "sentence"),
    [
        ({"linux_release": "debian-99"}, "C.UTF-8", "was made for debian-99"),
        ({"linux_processor": "aarch64"}, "C.UTF-8", "cannot use it"),
        ({"linux_release": "debian-99"}, "zh_CN.UTF-8", "这个离线包是为 debian-99"),
        ({"linux_python": "3.99"}, "C.UTF-8", "made for Python 3.99"),
        ({"linux_python": "3.99"}, "zh_CN.UTF-8", "这个离线包是为 Python 3.99 制作的"),
        ({"linux_release": "", "linux_processor": ""}, "C.UTF-8", "for Windows only"),
    ],
)
def test_a_bundle_for_another_machine_is_refused(
    bundle: Path, machine: Machine, facts: dict[str, str], language: str, sentence: str
) -> None:
    change_manifest(bundle, **facts)
    answer = machine.setup(bundle / "setup.sh", "install", language=language)
    assert answer.returncode == 2 and sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1 and not (machine.data / "programs").exists()


@pytest.mark.soak
@pytest.mark.parametrize("name", ["program/pyproject.toml", "linux/wheels/editables-1.0-py3-none-any.whl"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_bundle_is_refused_by_name(bundle: Path, machine: Machine, name: str, gone: bool) -> None:
    if gone:
        (bundle / name).unlink()
    else:
        with (bundle / name).open("ab") as file:
            file.write(b"\n# bits that fell over\n")
    answer = machine.setup(bundle / "setup.sh", "install")
    assert answer.returncode == 2
    assert not (machine.data / "programs" / "current").exists()
    if not (gone and name == "program/pyproject.toml"):
        assert name in answer.stderr and "damaged" in answer.stderr


@pytest.mark.soak
@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        ({"uname": "echo loongarch64"}, "for 64-bit x86 and ARM only"),
        ({"uname": "echo i686"}, "processor is i686"),
        ({"uname": "echo x86_64", "getconf": 'test $1 = LONG_BIT && echo 32 || echo "glibc 2.36"'}, "32-bit"),
        ({"uname": "echo x86_64", "getconf": 'test $1 = LONG_BIT && echo 64 || echo "glibc 2.31"'}, "must be 2.34"),
        ({"uname": "echo aarch64", "getconf": 'test $1 = LONG_BIT && echo 64 || echo "glibc 2.36"'}, "must be 2.39"),
        ({"uname": "echo x86_64", "getconf": "test $1 = LONG_BIT && echo 64"}, "has no glibc"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "install"])
def test_a_machine_that_qt_does_not_know_is_refused_before_anything_is_done(
    bundles: Path, machine: Machine, commands: dict[str, str], sentence: str, verb: str
) -> None:
    for name, body in commands.items():
        machine.fake(name, f"case $1 in -s) echo Linux ;; *) {body} ;; esac" if name == "uname" else body)
    answer = machine.setup(bundles / "old" / "setup.sh", verb)
    assert answer.returncode == 2 and sentence in answer.stderr
    assert not (machine.data / "programs").exists()


# --- system packages ----------------------------------------------------------------------------------------


@pytest.fixture
def needy(bundle: Path, machine: Machine) -> Path:
    """A bundle whose program needs a library that the machine lacks; its package is in the bundle."""
    needs_a_library(bundle / "program")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import bundle, pathlib; bundle.seal(pathlib.Path(sys.argv[2]))"
    machine.run(sys.executable, "-B", "-c", code, bundle / "program" / "resources" / "setup", bundle)
    machine.fake("id", "echo 0")
    return bundle


@pytest.mark.soak
def test_the_packages_of_a_bundle_are_a_source_for_apt(bundles: Path) -> None:
    debs = bundles / "old" / "linux" / "debs"
    assert {each.name for each in debs.iterdir()} == {"libnowhere1_1@2-1_all.deb", "Packages", "Release"}
    packages = (debs / "Packages").read_text()
    assert "Package: libnowhere1\nFilename: ./libnowhere1_1@2-1_all.deb\nSize: 3\nSHA256: " in packages
    assert hashlib.sha256(packages.encode()).hexdigest() in (debs / "Release").read_text()


@pytest.mark.soak
def test_apt_is_shown_nothing_but_the_bundle(needy: Path, machine: Machine) -> None:
    answer = machine.setup(needy / "setup.sh", "install")
    assert answer.returncode == 2 and "Still not loadable" in answer.stderr
    asked = (machine.home / "apt.log").read_text()
    assert "update" in asked and "install -y" in asked and " libnowhere1\n" in asked and "t64" not in asked
    assert "file:" in asked and "http" not in asked
    (home,) = {line.split("/apt.conf")[0] for line in asked.splitlines() if "apt.conf" in line}
    assert not Path(home).exists()


@pytest.mark.soak
def test_damaged_packages_never_reach_apt(needy: Path, machine: Machine) -> None:
    (needy / "linux" / "debs" / "Packages").write_text("Package: something-else\n")
    answer = machine.setup(needy / "setup.sh", "install")
    assert answer.returncode == 2 and "no package was installed" in answer.stderr
    assert not (machine.home / "apt.log").exists()


@pytest.mark.soak
def test_who_may_not_install_packages_is_told_what_an_administrator_runs(needy: Path, machine: Machine) -> None:
    machine.fake("id", "echo 1000")
    machine.fake("sudo", "exit 1")
    answer = machine.setup(needy / "setup.sh", "install")
    assert answer.returncode == 2 and "packages --from" in answer.stderr


@pytest.mark.soak
def test_no_icon_without_a_program(bundles: Path, machine: Machine) -> None:
    answer = machine.setup(bundles / "old" / "setup.sh", "icon")
    assert answer.returncode == 2 and "not installed yet" in answer.stderr


# --- installed, updated, taken back -------------------------------------------------------------------------


def database(machine: Machine) -> dict[str, Any] | None:
    path = machine.data / "commandcenter.sqlite"
    return dict(json.loads(path.read_text())) if path.exists() else None


def enter(machine: Machine, row: str, **facts: Any) -> None:
    path = machine.data / "commandcenter.sqlite"
    held = json.loads(path.read_text()) if path.exists() else {"schema": "0001", "rows": [], "desks": 0}
    path.write_text(json.dumps({**held, "rows": [*held["rows"], row], **facts}))


def current(machine: Machine) -> str:
    return (machine.data / "programs" / "current").read_text().strip()


@pytest.fixture(scope="session")
def updated(bundles: Path, shared_folder: Path) -> Any:
    """One story, told once: install, enter, update, enter, go back. What was seen at each step."""
    told = shared_folder / "updated.json"
    with filelock.FileLock(f"{told}.telling"):
        if not told.exists():
            told.write_text(json.dumps(tell_the_story(bundles, Machine(shared_folder / "story"))))
    return json.loads(told.read_text(), object_hook=lambda facts: SimpleNamespace(**facts))


def tell_the_story(bundles: Path, machine: Machine) -> dict[str, Any]:
    """By name of the step: what was answered, which program is current then, what its database holds."""
    (machine.home / "Desktop").mkdir()
    machine.fake("xdg-user-dir", 'echo "$HOME/Desktop"')
    icon = machine.home / "Desktop" / "commandcenter.desktop"
    door = machine.data / "setup.sh"
    old, new = bundles / "old", make_bundle(machine.home.parent / "later", "new", "2.0", "0002")
    seen: dict[str, Any] = {}

    def step(name: str, script: Path, *words: str | Path, **more: str) -> None:
        answer = machine.setup(script, *words, **more)
        seen[name] = {
            "code": answer.returncode, "out": answer.stdout, "err": answer.stderr, "program": current(machine),
            "database": database(machine), "icon": icon.read_text() if icon.exists() else "",
        }  # fmt: skip

    step("first_run", old / "setup.sh", "run", "list", "grid")
    step("second_run", old / "setup.sh", "run", "--from", old, "list", "grid")
    step("nothing_to_take_back", door, "rollback")
    enter(machine, "before the update", desks=1)
    step("in_use", new / "setup.sh", "install")
    enter(machine, "still before", desks=0)
    step("broken", new / "setup.sh", "install", STANDIN_BREAKS="1")
    step("update", door, "update", "--from", new)
    enter(machine, "after the update")
    step("older", old / "setup.sh", "install")
    step("unconfirmed", door, "rollback")
    step("rollback", door, "rollback", "--yes")
    (newer,) = (machine.data / "copies").glob("newer-*.sqlite")
    seen["newer"] = {"path": str(newer), "rows": json.loads(newer.read_text())["rows"]}
    step("icon_removed", door, "icon", "--remove")
    return seen


@pytest.mark.soak
def test_run_from_a_bundle_installs_and_opens_without_a_network(updated: Any) -> None:
    seen = updated.first_run
    assert seen.code == 0, seen.err
    assert seen.out.endswith("opened by 1.0 list grid\n") and seen.program.startswith("1.0-")


@pytest.mark.soak
def test_the_icon_opens_the_installed_program_without_a_terminal(updated: Any) -> None:
    entry = updated.first_run.icon
    assert "Terminal=false" in entry and "Name[zh_CN]=" in entry
    assert f'/{updated.first_run.program}/.venv/bin/commandcenter-desk"\n' in entry
    assert f"/{updated.update.program}/" in updated.update.icon
    assert updated.icon_removed.icon == "" and "Icons removed: 2" in updated.icon_removed.err


@pytest.mark.soak
def test_the_second_run_does_nothing_but_open(updated: Any) -> None:
    seen = updated.second_run
    assert (seen.code, seen.out, seen.err) == (0, "opened by 1.0 list grid\n", "")


@pytest.mark.soak
def test_an_update_waits_until_every_desk_is_closed(updated: Any) -> None:
    seen = updated.in_use
    assert seen.code == 2 and "1 desks are open" in seen.err
    assert seen.program == updated.first_run.program and seen.database.schema == "0001"


@pytest.mark.soak
def test_an_upgrade_that_fails_leaves_program_and_database(updated: Any) -> None:
    seen = updated.broken
    assert seen.code == 2 and "the upgrade was taken back" in seen.err
    assert seen.program == updated.first_run.program and seen.database.schema == "0001"
    assert len(seen.database.rows) == 2


@pytest.mark.soak
def test_an_update_replaces_the_program_and_upgrades_the_database_after_a_copy(updated: Any) -> None:
    seen = updated.update
    assert seen.code == 0 and "rollback" in seen.err, seen.err
    assert seen.program.startswith("2.0-") and seen.database.schema == "0002" and len(seen.database.rows) == 2


@pytest.mark.soak
def test_an_older_program_is_not_installed_over_a_newer_database(updated: Any) -> None:
    assert updated.older.code == 2 and "is newer than this program" in updated.older.err
    assert updated.older.program == updated.update.program


@pytest.mark.soak
def test_going_back_says_what_it_leaves_behind_and_asks(updated: Any) -> None:
    assert updated.nothing_to_take_back.code == 2
    seen = updated.unconfirmed
    assert seen.code == 2 and "--yes" in seen.err and "1 changes" in seen.err
    assert seen.program == updated.update.program and seen.database.rows[-1] == "after the update"


@pytest.mark.soak
def test_going_back_restores_program_and_database_and_keeps_what_is_newer(updated: Any) -> None:
    seen = updated.rollback
    assert seen.code == 0, seen.err
    assert seen.program == updated.first_run.program and seen.database.schema == "0001"
    assert seen.database.rows == ["before the update", "still before"]
    assert updated.newer.path in seen.err and updated.newer.rows[-1] == "after the update"


# --- Windows ------------------------------------------------------------------------------------------------


def test_the_file_for_windows_is_ascii_with_its_line_ends_and_labels() -> None:
    content = SETUP.with_suffix(".cmd").read_bytes()
    assert content.isascii() and b"\r\n" in content and content.count(b"\n") == content.count(b"\r\n")
    text = content.decode().replace("\r\n", "\n")
    targets = {*re.findall(r"\bgoto (\w+)", text), *re.findall(r"\bcall :(\w+)", text)}
    assert targets == set(re.findall(r"^:(\w+)$", text, re.MULTILINE))
    assert {*re.findall(r'"%setup%\\([\w.-]+)"', text)} <= {each.name for each in (SETUP.parent / "setup").iterdir()}


@pytest.mark.parametrize("words", [("fly",), ("bundle",), ("bundle", "DIR", "--python"), ("run", "--from")])
def test_on_windows_other_words_show_the_use(machine: Machine, words: tuple[str, ...]) -> None:
    answer = machine.run(sys.executable, "-B", PROJECT / "resources" / "setup", "windows", *words)
    assert answer.returncode == 2 and "setup.cmd run" in answer.stderr


@pytest.mark.soak
def test_the_verbs_of_windows_install_and_open_from_a_bundle(bundles: Path, machine: Machine) -> None:
    """The code is the same on every system but for the names of folders, so it is run here."""
    code = bundles / "old" / "program" / "resources" / "setup"
    first = machine.run(sys.executable, "-B", code, "windows", "run", "list")
    assert first.returncode == 0 and first.stdout.endswith("opened by 1.0 list\n"), first.stderr
    second = machine.run(sys.executable, "-B", code, "windows", "run", "--from", bundles / "old", "list")
    assert (second.returncode, second.stdout, second.stderr) == (0, "opened by 1.0 list\n", "")
    double_click = machine.run(sys.executable, "-B", code, "windows")
    assert double_click.returncode == 0 and "is the current program already" in double_click.stderr
    assert (machine.data / "setup.cmd").read_bytes().count(b"\r\n") == 3
    nothing = machine.run(sys.executable, "-B", code, "windows", "rollback", "--yes")
    assert nothing.returncode == 2 and "no update to take back" in nothing.stderr


# --- the real thing -----------------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_real_bundle_installs_and_draws_where_there_is_no_network(tmp_path: Path) -> None:
    """Asks the package index and apt; three minutes. What the system lacks would be installed from the bundle too."""
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    machine = Machine(tmp_path / "machine")
    shutil.rmtree(machine.commands)
    checkout = tmp_path / "checkout"
    for name in ("commandcenter", "resources"):
        shutil.copytree(PROJECT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copyfile(PROJECT / name, checkout / name)
    made = machine.setup(checkout / "resources" / "setup.sh", "bundle", tmp_path / "stick", PIP_NO_INDEX="0")
    assert made.returncode == 0, made.stderr
    shots = tmp_path / "shots"
    words = ("snapshot", shots, "--demo", "--screen", "situation.incident", "--lang", "en", "--theme", "dark")
    answer = machine.run(*alone, "sh", tmp_path / "stick" / "setup.sh", "run", *words)
    assert answer.returncode == 0, answer.stderr
    assert [each.suffix for each in shots.iterdir()] == [".png"]
