"""What Qt's binding is told once: that nobody here wants Qt's names in another style.

After every import PySide looks through the source of the new module for its own name, in case that module asks for
snake_case names (``from __feature__ import …``). For the thousand modules of a desk that is a tenth of its start, and
the sources stay in memory. A module that does not speak of PySide is left alone, and so all are.
"""

import sys
from typing import Any

import PySide6.QtCore  # noqa: F401


def tell() -> None:
    """From now on nothing is looked through. A binding that does not look in this way is left as it is."""
    feature: Any = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = _asks_for_nothing


def _asks_for_nothing(_module: object) -> bool:
    return False
