"""The sheets of training: the list that is signed, certificates. Every value is already in the words of its reader."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.formats import paper
from commandcenter.formats.paper.incident_record import Fact


@dataclass(frozen=True, slots=True)
class SheetLine:
    """Somebody who signs: ``code`` names the picture of his code, empty on a line for who was not expected."""

    number: str
    place: str
    name: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """签到表."""

    language: str
    town: str
    number: str
    labels: Mapping[str, str]
    course: str
    facts: tuple[Fact, ...]
    hint: str
    lines: tuple[SheetLine, ...]
    printed: str
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One page: its number, its sentence, what stands beside the code, and the day it was passed."""

    number: str
    words: str
    facts: tuple[Fact, ...]
    day: str
    code: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """培训合格证."""

    language: str
    town: str
    issuer: str
    number: str
    labels: Mapping[str, str]
    certificates: tuple[Certificate, ...]
    printed: str
    watermark: str = ""


def code_picture(text: str) -> bytes:
    """A text as a QR code that scanners and telephones read, as SVG."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=3, xmldecl=False, svgns=True)
    return out.getvalue()


def render(
    template: str, sheet: SignInSheet | Certificates, codes: Mapping[str, str], printed_at: datetime
) -> bytes:
    """The sheet as PDF; ``codes`` are the contents of its QR codes by the names that its lines give."""
    pictures = {name: code_picture(text) for name, text in codes.items()}
    return paper.render(template, sheet, pictures, printed_at)
