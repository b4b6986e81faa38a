"""Run as ``python resources/setup STEP …`` by setup.sh, which finds the interpreter and installs system packages."""

import sys
from collections.abc import Callable
from pathlib import Path

import bundle
import environment
import icon
import programs
import windows
from environment import PROJECT, Environment
from words import Refused


def sound() -> int:
    """Whether the environment of this interpreter is whole."""
    return 0 if environment.is_sound() else 1


def prepare(extent: str, fresh: str, bundle_folder: str = "") -> None:
    """Make .venv if it is not there yet; fill it unless ``extent`` is ``bare``."""
    made = Environment(PROJECT)
    if bundle_folder and (fresh == "yes" or not made.is_installed(extent)):
        made = Environment(PROJECT, bundle.wheels_of(Path(bundle_folder)))
    if fresh == "yes":
        made.make()
    if extent != "bare":
        made.install(extent)


def fill(folder: str, kind: str, release: str, processor: str, *more: str) -> None:
    """Put program and Python packages into a bundle."""
    pythons = [each for each in more if not each.startswith("--")]
    bundle.fill(PROJECT, Path(folder), kind, (release, processor), pythons, tests="--with-tests" in more)


def seal(folder: str) -> None:
    """Finish a bundle."""
    bundle.seal(Path(folder))


def place(bundle_folder: str = "") -> None:
    """Copy the program among the installed ones; prints where to."""
    print(programs.place(PROJECT, Path(bundle_folder) if bundle_folder else None))


def adopt(folder: str) -> None:
    """Make a placed program the current one."""
    programs.adopt(Path(folder))


def rollback(*options: str) -> None:
    """Take the last update back."""
    programs.go_back(assume_yes="--yes" in options)


def icons(*options: str) -> None:
    """Add the icon for this program or, from a bundle, for the installed one; or remove it."""
    if "--remove" in options:
        icon.remove()
    else:
        icon.install(programs.installed(PROJECT))


def on_windows(*arguments: str) -> int:
    """What setup.cmd was asked for."""
    return windows.main(list(arguments))


STEPS: dict[str, Callable[..., int | None]] = {
    "sound": sound, "prepare": prepare, "fill": fill, "seal": seal, "place": place, "adopt": adopt,
    "rollback": rollback, "icon": icons,
    "windows": on_windows,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 2 refused with a sentence, 130 interrupted."""
    try:
        return STEPS[arguments[0]](*arguments[1:]) or 0
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(environment.trouble(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
