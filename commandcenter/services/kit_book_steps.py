"""What the rows of a 七件套发放登记 or 物资台账 ask for, step by step: the fields of each, as they travel."""

from dataclasses import dataclass
from typing import Any, Literal

from commandcenter.services.pieces import Old

Held = Literal["issued", "missing", "damaged", "expired"]
"""States of a piece that somebody answers for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """``row``: where it stands in the file, which a refusal then names."""

    row: int | None = None


@dataclass(frozen=True, slots=True)
class NewPiece:
    """A piece of a kit that only the file knows."""

    article: str
    size: str = ""
    state: Held = "issued"
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewKit(Step):
    """A kit that only the file knows: for a ``worker``, or lying at the village. ``depot``: id or name."""

    village: str
    depot: str
    pieces: tuple[NewPiece, ...]
    worker: str | None = None
    sizes: str = ""
    handed_on: str | None = None
    received_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark(Step):
    """A piece of a kit is lost, broken, past its life, or there again; ``was``: its state as the reader saw it."""

    kit: str
    piece: str
    state: Held
    was: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fill(Step):
    """A place of a kit is filled: with a ``piece`` of the village's shelf, else from a ``depot``, on a day (empty:
    today). ``old``: what becomes of the piece that is there."""

    kit: str
    article: str
    size: str = ""
    old: Old = ""
    piece: str = ""
    depot: str = ""
    on: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeBack(Step):
    """A kit is no longer with its worker (``was``), and lies at the village."""

    kit: str
    was: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOut(Step):
    """A kit goes to a worker, on a day (empty: today)."""

    kit: str
    worker: str
    on: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOn(Step):
    """The day on which a kit was handed out to its worker (``was``) is another one."""

    kit: str
    was: str | None
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Receive(Step):
    """A receipt sheet was signed, on a day (empty: today)."""

    issue: str
    by: str
    on: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDepot(Step):
    """A place that nobody knew."""

    name: str
    keeper: str = ""
    phone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EditDepot(Step):
    """Another keeper, or another number of his."""

    depot: str
    changed: dict[str, Any]
    was: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewArticle(Step):
    """Something that no depot held so far; ``alias``: how later steps speak of it."""

    alias: str
    name: str
    category: str = ""
    unit: str = ""
    spec: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditArticle(Step):
    """Another category, specification or unit."""

    article: str
    changed: dict[str, Any]
    was: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class StockLine(Step):
    """What lies in a depot: an ``opening`` balance (which came in ``on`` a day), else a count; ``was``: the balance
    as the reader saw it. ``article``: id, or alias of one that is new."""

    depot: str
    article: str
    amount: int
    was: int
    size: str = ""
    opening: bool = False
    on: str | None = None
    due_on: str | None = None
    reason: str = ""
