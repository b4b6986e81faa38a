"""Where things lie: shipped resources, and this user's data, settings and logs."""

import os
from functools import cache
from pathlib import Path

import platformdirs

_NAME = "commandcenter"


@cache
def resources() -> Path:
    """The folder of shipped resources: beside the checkout first, then inside the installed package.

    Raises FileNotFoundError when neither holds it (a broken installation).
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "resources", package / "resources"):
        if (folder / "texts").is_dir():
            return folder
    raise FileNotFoundError(f"resources not found beside {package}")


def _home(variable: str, default: str) -> Path:
    folder = Path(os.environ.get(variable) or default)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_folder() -> Path:
    """Databases and drafts of this user (``COMMANDCENTER_DATA`` overrides)."""
    return _home("COMMANDCENTER_DATA", platformdirs.user_data_dir(_NAME, appauthor=False))


def config_folder() -> Path:
    """The settings file of this desk (``COMMANDCENTER_CONFIG`` overrides)."""
    return _home("COMMANDCENTER_CONFIG", platformdirs.user_config_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """Program logs of this desk (``COMMANDCENTER_LOGS`` overrides)."""
    return _home("COMMANDCENTER_LOGS", platformdirs.user_log_dir(_NAME, appauthor=False))
