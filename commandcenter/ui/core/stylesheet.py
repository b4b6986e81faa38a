"""The style sheet: ``resources/themes/desk.qss`` with its tokens filled in.

``@token`` stands for a colour, ``@px(8)`` for a distance that grows with large type, ``@shape(name)`` for a file of
``resources/themes/shapes``.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from commandcenter.base.paths import resources

_PX = re.compile(r"@px\((\d+)\)")
_SHAPE = re.compile(r"@shape\(([a-z-]+)\)")
_TOKEN = re.compile(r"@([a-z_0-9]+)")


@cache
def _template() -> str:
    return (resources() / "themes" / "desk.qss").read_text("utf-8")


def style_sheet(tokens: Mapping[str, Any], scale: float = 1.0) -> str:
    """The filled style sheet; KeyError when it names a token that does not exist."""
    shapes = (resources() / "themes" / "shapes").as_posix()
    filled = _PX.sub(lambda found: f"{round(int(found[1]) * scale)}px", _template())
    filled = _SHAPE.sub(lambda found: f'url("{shapes}/{found[1]}-{tokens["name"]}.svg")', filled)
    return _TOKEN.sub(lambda found: str(tokens[found[1]]), filled)
