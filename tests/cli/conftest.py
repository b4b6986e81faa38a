"""The command line inside this process: quick, with its streams replaced."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from commandcenter import cli
from commandcenter.base import texts


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its only line as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Its lines as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Commander = Callable[..., Answer]


@pytest.fixture
def commander(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Commander]:
    """``commander("list", "grid", "--json", given=b"…")`` runs a verb; ``given`` is its standard input."""

    def run(*arguments: object, given: bytes | str = b"", lang: str = "en") -> Answer:
        data = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsys.readouterr()
        code = cli.main([*map(str, arguments), "--lang", lang])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    spoken = texts.current().language
    handlers = list(logging.getLogger("commandcenter").handlers)
    yield run
    texts.use(spoken)
    log = logging.getLogger("commandcenter")
    for handler in [each for each in log.handlers if each not in handlers]:
        log.removeHandler(handler)
        handler.close()


@pytest.fixture
def at_town(commander: Commander, town: str) -> Commander:
    """The same on a database with the tiny township, as its duty officer unless ``actor`` says otherwise."""
    return _at(commander, town)


@pytest.fixture
def at_file(commander: Commander, town_url: Callable[[str], str]) -> Commander:
    """The same on SQLite alone, for what does not reach the database."""
    return _at(commander, town_url("sqlite"))


def _at(commander: Commander, url: str) -> Commander:
    def run(*arguments: object, actor: str = "duty1", **more: Any) -> Answer:
        return commander(*arguments, "--database", url, "--as", actor, **more)

    return run
