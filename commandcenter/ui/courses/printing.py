"""The sheets of training: the list to be signed, certificates, the register of the year."""

from collections.abc import Sequence
from typing import Any

from commandcenter.services import papers
from commandcenter.services.papers import Printed


def sign_in_sheet(reader: Any, session: str, **more: Any) -> Printed:
    """The list to be signed."""
    return papers.sign_in_sheet(reader, session, **more)


def certificates(reader: Any, session: str, workers: Sequence[str] | None = None, **more: Any) -> Printed:
    """Of everybody who passed, or of some."""
    return papers.certificates(reader, session, workers=workers, **more)


def register(reader: Any, _town: str, **more: Any) -> Printed:
    """Of this year."""
    return papers.training_register(reader, **more)
