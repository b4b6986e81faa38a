"""What a view honestly says of itself: it is being read, it is empty, it is old, it could not be read."""

from dataclasses import dataclass, field
from typing import Any, Literal

from commandcenter.base import texts
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say

Kind = Literal["loading", "ready", "stale", "failed"]


@dataclass(frozen=True, slots=True)
class ViewState:
    """The state of what a view shows; make one with the functions below."""

    kind: Kind = "ready"
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None

    @property
    def sentence(self) -> str:
        """What is the matter."""
        if isinstance(self.error, CommandCenterError):
            return texts.current().error(self.error)
        return say(self.code, **self.facts) if self.code else ""

    @property
    def hint(self) -> str:
        """What to do next."""
        return say(f"core.view.{self.kind}.hint")

    @property
    def has_strip(self) -> bool:
        """Whether rows that are there must be marked as doubtful."""
        return self.kind in ("stale", "failed")

    @property
    def icon(self) -> str:
        """Its icon."""
        return {"loading": "loading", "ready": "empty", "stale": "stale", "failed": "trouble"}[self.kind]


READY = ViewState()
LOADING = ViewState("loading", "core.view.loading")


def stale(since: str) -> ViewState:
    """The database is away; ``since`` is the local time of the last truth, as the officer reads it."""
    return ViewState("stale", "core.view.stale", {"since": since})


def failed(error: BaseException) -> ViewState:
    """The rows could not be read: never shown as if there were none."""
    return ViewState("failed", "core.view.failed", error=error)


@dataclass(frozen=True, slots=True)
class Empty:
    """What a view says when it was read and holds nothing."""

    title_code: str = "core.view.empty"
    hint_code: str = "core.view.ready.hint"
    icon: str = "empty"


FILTERED = Empty("core.view.filtered", "core.view.filtered.hint", "filter")
