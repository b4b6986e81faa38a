"""Qt's binding does not look through the modules that are imported after it."""

import subprocess
import sys

LOOK = """
import linecache
from commandcenter.ui.core import theme
from PySide6.QtCore import QObject
before = set(linecache.cache)
from commandcenter.ui.core import forms
from xml.dom import minidom
assert set(linecache.cache) == before, set(linecache.cache) - before
assert QObject().objectName() == "" and not hasattr(QObject, "object_name")
"""


def test_no_source_is_read_for_an_import() -> None:
    """PySide's own way to look changed if this fails: see commandcenter/ui/core/binding.py."""
    subprocess.run([sys.executable, "-c", LOOK], check=True, timeout=60)
