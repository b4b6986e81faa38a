"""The map in a handbook: a grid among its neighbours, drawn from their boundaries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import cos, radians
from typing import Any

from commandcenter.formats.paper.books import Block, Tag
from commandcenter.rules.grids import Grid
from commandcenter.storage.reads import Reader

_ROOM = 0.55
"""So much of the grid's own extent is shown around it."""
_WIDE = 1000.0
_FINE = 0.0015
"""Corners nearer than this part of the picture to a straight line are left out."""
_TALLEST, _FLATTEST = 1.25, 0.75
_OWN, _NEAR, _FAR = "#dbe7f3", "#ffffff", "#f7f8f9"
_LINE_HIGH = 0.055
"""Height of a name, in parts of the picture."""
_LINE, _FAINT = "#16202a", "#b5bec7"


class Maps:
    """Draws from one reading of all boundaries, made when the first map is asked for."""

    def __init__(self, reader: Reader, grids: Mapping[str, Grid]) -> None:
        self._reader, self._grids = reader, grids

    @cached_property
    def _shapes(self) -> tuple[list[str], Any, Any]:
        """Ids, outlines, and the tree in which those at a place are found."""
        import shapely

        now = {each.id: each.shape for each in self._grids.values() if each.shape is not None}
        found = [each for each in self._reader.find("shape") if now.get(each.grid) == each.edition]
        outlines = shapely.make_valid(shapely.from_wkb([each.wkb for each in found]))
        return [each.grid for each in found], outlines, shapely.STRtree(outlines)

    def block(self, grid: Grid, near: Sequence[str], names: Mapping[str, str]) -> Block | None:
        """The map of a grid; None while it has no boundary. ``near``: those that are named beside it."""
        import shapely

        ids, outlines, tree = self._shapes
        if grid.id not in ids:
            return None
        west, south, east, north = shapely.bounds(outlines[ids.index(grid.id)])
        squeeze = cos(radians((south + north) / 2))
        box = _frame(west * squeeze, south, east * squeeze, north)
        left, low, wide, high = box
        scale = _WIDE / wide
        window = shapely.box(left / squeeze, low, (left + wide) / squeeze, low + high)
        paths, tags = [], []
        order = [int(at) for at in tree.query(window)]
        order.sort(key=lambda at: (ids[at] == grid.id, ids[at] in near, ids[at]))
        for at in order:
            id, outline = ids[at], outlines[at]
            cut = shapely.intersection(shapely.simplify(outline, _FINE * wide / squeeze), window)
            if shapely.is_empty(cut):
                continue
            main = id == grid.id
            paths.append(_path(cut, squeeze, left, low + high, scale, main, id in near))
            if main or id in near:
                middle = shapely.point_on_surface(cut)
                x, y = (shapely.get_x(middle) * squeeze - left) / wide, (low + high - shapely.get_y(middle)) / high
                tags.append(Tag(min(max(float(x), 0.13), 0.87), float(y), names[id], main))
        size = f"0 0 {_WIDE:.0f} {_WIDE * high / wide:.0f}"
        picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}">{"".join(paths)}</svg>'
        return Block("map", picture=picture, height=high / wide, tags=tuple(_apart(tags)))


def _frame(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    """Left, low, width and height of what is shown, neither too tall nor too flat for a page."""
    wide, high = (east - west) * (1 + 2 * _ROOM), (north - south) * (1 + 2 * _ROOM)
    wide, high = max(wide, high / _TALLEST), max(high, wide * _FLATTEST)
    return (west + east - wide) / 2, (south + north - high) / 2, wide, high


def _apart(tags: Iterable[Tag]) -> Iterator[Tag]:
    """Names that would lie on one another step aside, up or down; the grid's own stays where it is."""
    taken: list[tuple[float, float]] = []
    for tag in sorted(tags, key=lambda each: not each.main):
        reach = 0.0125 * sum(2 if ord(each) > 255 else 1 for each in tag.text)
        for step in (0, 1, -1, 2, -2, 3, -3):
            y = min(max(tag.y + step * _LINE_HIGH, 0.04), 0.96)
            if all(abs(y - other) >= _LINE_HIGH or abs(tag.x - x) > reach + 0.1 for x, other in taken):
                break
        taken.append((tag.x, y))
        yield Tag(tag.x, y, tag.text, tag.main)


def _path(outline: Any, squeeze: float, left: float, top: float, scale: float, main: bool, near: bool) -> str:
    import shapely

    rings = []
    for part in shapely.get_parts(outline):
        if shapely.get_type_id(part) != 3:
            continue  # a neighbour that the window only touches
        lines = [shapely.get_exterior_ring(part)]
        lines += [shapely.get_interior_ring(part, at) for at in range(shapely.get_num_interior_rings(part))]
        for line in lines:
            points = " ".join(
                f"{(lon * squeeze - left) * scale:.1f},{(top - lat) * scale:.1f}"
                for lon, lat in shapely.get_coordinates(line)[:-1]
            )
            rings.append(f"M{points}Z")
    fill = _OWN if main else _NEAR if near else _FAR
    stroke, width = (_LINE, 5) if main else (_FAINT, 2.5)
    return f'<path d="{"".join(rings)}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" fill-rule="evenodd"/>'
