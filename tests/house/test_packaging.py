"""What a stranger gets: the wheel, the set-up script, the top of the repository."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SETUP = PROJECT / "resources" / "setup.sh"
SCRIPTS = sorted(PROJECT.glob("resources/**/*.sh"))

TOP_LEVEL = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "commandcenter",
    "pyproject.toml",
    "resources",
    "tests",
}

# Written in pieces so that this file does not hold what it forbids.
REGISTRY_HOST = re.compile(
    r"(pypi|pythonhosted|npmjs|anaconda)\.(org|com)"
    r"|(deb|security|ftp)\.debian\.org|(archive|security)\.ubuntu\.com"
    r"|mirrors?\.[a-z0-9-]+\.(edu\.cn|com|org)"
)


def tracked_files() -> list[Path]:
    """Files that are in the repository or about to be; skips where there is no git or no repository."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout, or git is not installed")
    command = [git, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command without a terminal and with the texts of an English machine."""
    surroundings = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def pip(*arguments: str | Path, cwd: Path) -> None:
    result = run(sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "-q", cwd=cwd)
    assert result.returncode == 0, result.stderr


# --- the wheel ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel of this checkout is installed, without its dependencies."""
    built = tmp_path_factory.mktemp("wheel")
    target = tmp_path_factory.mktemp("installed")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", built, PROJECT, cwd=built)
    (wheel,) = built.glob("commandcenter-*.whl")
    pip("install", "--no-deps", "--no-index", "--target", target, wheel, cwd=built)
    return target


def in_wheel(installed: Path, code: str) -> str:
    result = run(sys.executable, "-P", "-c", code, cwd=installed.parent, PYTHONPATH=str(installed))
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_the_wheel_is_found_with_its_resources_outside_the_checkout(installed: Path) -> None:
    code = "import commandcenter.base.paths as paths; print(paths.resources())"
    assert Path(in_wheel(installed, code)) == installed / "commandcenter" / "resources"


def test_the_wheel_speaks_both_languages(installed: Path) -> None:
    texts = installed / "commandcenter" / "resources" / "texts"
    sources = sorted(PROJECT.glob("resources/texts/*/*.po"))
    assert {source.parent.name for source in sources} == {"en", "zh_CN"}
    missing = [s for s in sources if not (texts / s.parent.name / s.with_suffix(".mo").name).is_file()]
    assert not missing, "run: sh resources/texts/compile.sh"


def test_every_resource_of_the_checkout_is_in_the_wheel(installed: Path) -> None:
    shipped = {file for file in tracked_files() if file.is_relative_to(PROJECT / "resources")}
    lost = [f for f in shipped if not (installed / "commandcenter" / f.relative_to(PROJECT)).is_file()]
    assert not lost


def test_the_wheel_holds_only_the_package_and_its_licence(installed: Path) -> None:
    (facts,) = installed.glob("commandcenter-*.dist-info")
    assert {entry.name for entry in installed.iterdir()} == {"bin", "commandcenter", facts.name}
    assert (facts / "licenses" / "LICENSE").read_bytes() == (PROJECT / "LICENSE").read_bytes()


# --- texts --------------------------------------------------------------------------------------------------


def test_compiled_texts_are_those_of_their_sources() -> None:
    result = run("sh", PROJECT / "resources/texts/compile.sh", "--check", cwd=PROJECT, PYTHON=sys.executable)
    assert result.returncode == 0, result.stderr


# --- the set-up script --------------------------------------------------------------------------------------


@pytest.fixture
def setup_script(tmp_path: Path) -> Path:
    """The script in a folder of its own, where it could do no harm."""
    copy = tmp_path / "resources" / "setup.sh"
    copy.parent.mkdir()
    shutil.copy(SETUP, copy)
    shutil.copytree(SETUP.with_suffix(""), copy.with_suffix(""), ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return copy


def old_python(folder: Path) -> Path:
    """An interpreter that fails each question for its version and calls itself 3.9.2."""
    stand_in = folder / "python3.9"
    stand_in.write_text('#!/bin/sh\ncase "$2" in *platform*) echo 3.9.2 ;; *) exit 1 ;; esac\n')
    stand_in.chmod(0o755)
    return stand_in


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_are_plain_posix_shell(script: Path) -> None:
    shell = shutil.which("dash") or "sh"
    result = run(shell, "-n", script, cwd=PROJECT)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("fly",)])
def test_setup_without_a_known_verb_shows_its_use(setup_script: Path, arguments: tuple[str, ...]) -> None:
    result = run("sh", setup_script, *arguments, cwd=setup_script.parent)
    assert result.returncode == 2
    assert "setup.sh run" in result.stderr and "setup.sh test" in result.stderr


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en_US.UTF-8", "3.11 or newer is needed"), ("zh_CN.UTF-8", "需要 3.11 或更新版本")],
)
def test_setup_refuses_an_old_python_in_one_sentence(
    setup_script: Path, language: str, sentence: str
) -> None:
    python = str(old_python(setup_script.parent))
    result = run("sh", setup_script, "run", cwd=setup_script.parent, PYTHON=python, LC_ALL=language)
    assert result.returncode == 2
    assert "3.9.2" in result.stderr and sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (setup_script.parent.parent / ".venv").exists()


def test_setup_refuses_a_python_that_is_not_there(setup_script: Path) -> None:
    result = run("sh", setup_script, "test", cwd=setup_script.parent, PYTHON="python-of-nowhere")
    assert result.returncode == 2
    assert "python-of-nowhere" in result.stderr


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "sh resources/setup.sh test"
    assert command in (PROJECT / "README.md").read_text(encoding="utf-8")
    ci = PROJECT / ".ci" / "run"
    assert command in ci.read_text(encoding="utf-8")
    assert os.access(ci, os.X_OK)


# --- the repository -----------------------------------------------------------------------------------------


def test_the_top_level_holds_nothing_else() -> None:
    top = {file.relative_to(PROJECT).parts[0] for file in tracked_files()}
    assert top <= TOP_LEVEL
    assert {"LICENSE", "README.md", "pyproject.toml"} <= top


def test_no_file_names_a_package_registry() -> None:
    found = []
    for file in tracked_files():
        content = file.read_bytes()
        if b"\0" not in content and REGISTRY_HOST.search(content.decode("utf-8", errors="replace")):
            found.append(str(file.relative_to(PROJECT)))
    assert not found


def test_the_registry_rule_finds_what_it_forbids() -> None:
    assert REGISTRY_HOST.search("https://" + "py" + "pi" + ".org/simple")
    assert REGISTRY_HOST.search("http://mirrors." + "example.edu.cn/debian")


def requirements() -> list[str]:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*declared["dependencies"], *declared["optional-dependencies"]["test"]]


def test_dependencies_are_pinned_ranges() -> None:
    open_ended = [r for r in requirements() if not re.search(r">=[\d.]+,<[\d.]+$", r)]
    assert not open_ended


def test_the_readme_gives_a_reason_for_every_dependency() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    rows = "\n".join(line.split("|")[1] for line in readme.splitlines() if line.startswith("| "))
    unexplained = [r for r in requirements() if re.split(r"[\[>]", r)[0] not in rows]
    assert not unexplained
