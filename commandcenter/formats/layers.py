"""What the map drivers hand over inside the child: features as the file holds them, not yet in WGS84."""

from dataclasses import dataclass, field
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.problems import Problem

MAX_FEATURES = 200_000
MAX_COLUMNS = 1_000


@dataclass(slots=True)
class RawFeature:
    """One feature: its number from 1, its properties and its geometry (shapely, the file's coordinates) or
    None."""

    row: int
    properties: dict[str, Any]
    geometry: Any
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether the feature cannot be taken."""
        return any(problem.severity == "refused" for problem in self.problems)

    def refuse(self, code: str, **facts: Any) -> None:
        """The geometry cannot be taken; what was put right before is of no matter."""
        self.geometry = None
        self.problems = [problem for problem in self.problems if problem.severity == "refused"]
        self.problems.append(Problem(self.row, None, None, code, "refused", facts))

    def repaired(self, code: str, **facts: Any) -> None:
        """The geometry was put right; the same repair is listed once for a feature."""
        if all(problem.code != code for problem in self.problems):
            self.problems.append(Problem(self.row, None, None, code, "repaired", facts))

    def note(self, code: str, **facts: Any) -> None:
        """Something worth knowing that changes nothing."""
        self.problems.append(Problem(self.row, None, None, code, "note", facts))


@dataclass(slots=True)
class Layer:
    """All features of a file with the coordinate system it declares."""

    driver: str
    encoding: str = "utf-8"
    crs: str | None = None
    features: list[RawFeature] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def columns(self) -> list[str]:
        """The property names in the order they first appear."""
        seen: dict[str, None] = {}
        for feature in self.features:
            seen.update(dict.fromkeys(feature.properties))
            if len(seen) > MAX_COLUMNS:
                raise BadInput("file.too_many_columns", limit=MAX_COLUMNS)
        return list(seen)


def too_many(count: int) -> None:
    """BadInput once a file has more features than any town has grids."""
    if count > MAX_FEATURES:
        raise BadInput("file.too_many_rows", limit=MAX_FEATURES)
