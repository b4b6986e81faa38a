"""Paper: rows and sentences into PDF, by one engine (typst) that writes Chinese so that it can be searched.

A template under ``resources/paper`` says how a sheet looks; what it says reaches it as data (JSON), never as markup,
so that nothing anybody typed can become a command of the engine. Templates fetch nothing: no packages, no network.
The engine works in a process of its own, which keeps its memory to itself (:mod:`press`).
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commandcenter.base.paths import resources
from commandcenter.formats.paper import fonts, press

_COMMON = "sheet.typ"


def render(template: str, sheet: Any, pictures: Mapping[str, bytes], printed_at: datetime) -> bytes:
    """The PDF of a sheet (a dataclass of plain values) in the template of that name; ``pictures`` by file name.

    Takes a tenth of a second, and more the first time: not on the GUI thread. EnvironmentTrouble ``paper.no_font``.
    """
    chosen = fonts.chosen()
    # The engine takes files as text only, so a picture travels in the data, as the numbers of its bytes.
    data = {
        **dataclasses.asdict(sheet),
        "fonts": {"serif": list(chosen.serif), "sans": list(chosen.sans)},
        "pictures": {name: list(content) for name, content in pictures.items()},
    }
    folder = resources() / "paper"
    files = {
        "main.typ": (folder / f"{template}.typ").read_bytes(),
        _COMMON: (folder / _COMMON).read_bytes(),
    }
    return press.compiled({
        "files": files,
        "root": str(folder),
        "places": chosen.places,
        "inputs": {"sheet": json.dumps(data, ensure_ascii=False)},
        "timestamp": printed_at.replace(microsecond=0),
    })
