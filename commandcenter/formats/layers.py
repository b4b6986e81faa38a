"""What the map drivers hand over inside the child: features as the file holds them, not yet in WGS84."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.problems import Problem

MAX_FEATURES = 200_000
MAX_COLUMNS = 1_000
Step = Callable[[int, int], None]
"""Takes (done, total) in a reader's own unit."""


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
    """All features of a file with the coordinate system it declares (a name or WKT).

    ``names`` are the layers to choose from, ``chosen`` the one that was read; both are empty in files that know no
    layers. ``cut`` are columns whose names filled all the room their format has, so that their ends may be
    missing, with their bytes in hexadecimal.
    """

    driver: str
    encoding: str = "utf-8"
    crs: str | None = None
    names: tuple[str, ...] = ()
    chosen: str = ""
    cut: dict[str, str] = field(default_factory=dict)
    features: list[RawFeature] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def choose(self, wanted: str | None, names: Sequence[str] = ()) -> str:
        """The layer to read among ``names``. BadInput for one that is not there, or for several and no choice."""
        self.names = tuple(names)
        if wanted is not None and wanted not in self.names:
            raise BadInput("file.layer_unknown", layer=wanted[:80], layers=listed(self.names) or "–")
        if wanted is None and len(self.names) > 1:
            raise BadInput("file.several_layers", layers=listed(self.names))
        self.chosen = wanted or (self.names[0] if self.names else "")
        return self.chosen

    def columns(self) -> list[str]:
        """The property names in the order they first appear."""
        seen: dict[str, None] = {}
        for feature in self.features:
            seen.update(dict.fromkeys(feature.properties))
            if len(seen) > MAX_COLUMNS:
                raise BadInput("file.too_many_columns", limit=MAX_COLUMNS)
        return list(seen)


def listed(names: Sequence[str]) -> str:
    """Names for a sentence, the first twenty of them."""
    return ", ".join(name[:80] for name in names[:20]) + (" …" if len(names) > 20 else "")


def too_many(count: int) -> None:
    """BadInput once a file has more features than any town has grids."""
    if count > MAX_FEATURES:
        raise BadInput("file.too_many_rows", limit=MAX_FEATURES)
