"""The only floor with Qt. Whatever is imported from it is imported after its binding has been told about us."""

from commandcenter.ui.core import binding

binding.tell()
