"""Column names whose ends are missing, because their format gives them ten bytes."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from commandcenter.formats.column_specs import SENSITIVE, SPECS
from commandcenter.rules.denied import denied, denied_words

_NOT_A_WORD = re.compile(r"[\W_]+")


def restored(columns: Sequence[str], cut: Mapping[str, str], encoding: str) -> dict[str, str]:
    """The whole heading for each of the ``cut`` names (with their bytes in hexadecimal) that can only be the beginning
    of one. The bytes know more than the name: of a torn character they hold a part.

    What is not kept comes first: a name that may begin a sensitive or denied heading is taken for it. A name that is
    a heading itself stays unless it was torn, and so does one that may begin headings of different meaning.
    """
    found: dict[str, str] = {}
    for name, raw in cut.items():
        whole = _whole(_Begun(name, bytes.fromhex(raw), encoding))
        if whole is not None and whole not in columns and whole not in found.values():
            found[name] = whole
    return found


class _Begun:
    """The beginning of a heading."""

    def __init__(self, name: str, raw: bytes, encoding: str) -> None:
        self.bare = _bare(name)
        self._raw, self._encoding = raw, encoding
        self.is_torn = "\ufffd" in raw.decode(encoding, errors="replace")

    def of(self, headings: Iterable[str]) -> list[str]:
        """The longer headings that begin so: byte by byte, else without spaces and punctuation."""
        longer = [each for each in headings if _bare(each) != self.bare]
        exact = [each for each in longer if each.encode(self._encoding, errors="ignore").startswith(self._raw)]
        return exact or [each for each in longer if _bare(each).startswith(self.bare)]


def is_kept_out(heading: str) -> bool:
    """Whether a column is one that is never kept, or only if somebody asks for it."""
    bare = _bare(heading)
    return denied(heading) or any(_bare(each) in bare for headings in SENSITIVE.values() for each in headings)


def _whole(begun: _Begun) -> str | None:
    if len(begun.bare) < 3:
        return None
    fields = {heading: spec.field for specs in SPECS.values() for spec in specs for heading in spec.headings}
    kept_out = [heading for headings in SENSITIVE.values() for heading in headings]
    if not begun.is_torn and begun.bare in {_bare(each) for each in (*fields, *kept_out)} | denied_words():
        return None
    if hidden := begun.of([*kept_out, *sorted(denied_words())]):
        return hidden[0]
    for specs in SPECS.values():
        found = {heading: spec.field for spec in specs for heading in spec.headings}
        matching = begun.of(found)
        if matching:
            return matching[0] if len({found[each] for each in matching}) == 1 else None
    return None


def _bare(text: str) -> str:
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text)).casefold()
