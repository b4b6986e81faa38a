"""The settings file of this desk: JSON beside the platform's other settings, written whole or not at all."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from commandcenter.base.paths import config_folder


class DeskSettings:
    """Values by key. An unreadable file is put aside (``.broken``), never overwritten silently."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "settings.json"
        self.values: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            self._put_aside()
            return {}
        return found if isinstance(found, dict) else {}

    def _put_aside(self) -> None:
        with contextlib.suppress(OSError):
            os.replace(self.path, self.path.with_suffix(".broken"))

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default``."""
        return self.values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Remember a value; the file is replaced in one step."""
        self.values[key] = value
        part = self.path.with_suffix(".part")
        try:
            part.write_text(json.dumps(self.values, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
            os.replace(part, self.path)
        except OSError:
            part.unlink(missing_ok=True)
