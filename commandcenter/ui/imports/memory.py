"""What this desk keeps in mind between imports: the files read last, and a place that somebody knows."""

from dataclasses import dataclass
from pathlib import Path

from commandcenter.base.options import DeskSettings

RECENT, POINT = "imports.recent", "imports.known_point"
MOST = 8


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A file that was read here before, and what it held."""

    path: Path
    what: str


class Memory:
    """Kept in the settings of the desk. Names of files only, nothing of what is in them."""

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings

    def recent(self) -> list[RecentFile]:
        """The latest files, the newest first."""
        kept = self._settings.get(RECENT)
        found = kept if isinstance(kept, list) else []
        return [RecentFile(Path(each["path"]), str(each.get("what", ""))) for each in found
                if isinstance(each, dict) and each.get("path")]  # fmt: skip

    def add_recent(self, path: Path, what: str) -> None:
        """This file was read now."""
        others = [each for each in self.recent() if each.path != path]
        kept = [RecentFile(path, what), *others][:MOST]
        self._settings.set(RECENT, [{"path": str(each.path), "what": each.what} for each in kept])

    def forget(self, path: Path) -> None:
        """This file is gone."""
        kept = [each for each in self.recent() if each.path != path]
        self._settings.set(RECENT, [{"path": str(each.path), "what": each.what} for each in kept])

    def known_point(self) -> tuple[float, float] | None:
        """Longitude and latitude of a place that somebody knows."""
        kept = self._settings.get(POINT)
        if isinstance(kept, list) and len(kept) == 2 and all(isinstance(each, (int, float)) for each in kept):
            return float(kept[0]), float(kept[1])
        return None

    def keep_known_point(self, point: tuple[float, float] | None) -> None:
        """Keep it, or forget it."""
        self._settings.set(POINT, None if point is None else list(point))
