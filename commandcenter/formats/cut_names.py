"""Column names whose ends are missing, because their format gives them ten bytes."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from commandcenter.formats.column_specs import SENSITIVE, SPECS
from commandcenter.rules.denied import denied, denied_words

_NOT_A_WORD = re.compile(r"[\W_]+")


def restored(columns: Sequence[str], cut: Mapping[str, bool]) -> dict[str, str]:
    """The whole heading for each of the ``cut`` names (with whether a character was torn) that can only be the
    beginning of one.

    What is not kept comes first: a name that may begin a sensitive or denied heading is taken for it. A name that is
    a heading itself stays unless it was torn, and so does one that may begin headings of different meaning.
    """
    found: dict[str, str] = {}
    for name, torn in cut.items():
        whole = _whole(_bare(name), torn)
        if whole is not None and whole not in columns and whole not in found.values():
            found[name] = whole
    return found


def is_kept_out(heading: str) -> bool:
    """Whether a column is one that is never kept, or only if somebody asks for it."""
    bare = _bare(heading)
    return denied(heading) or any(_bare(each) in bare for headings in SENSITIVE.values() for each in headings)


def _whole(begun: str, torn: bool) -> str | None:
    if len(begun) < 3:
        return None
    known = [heading for specs in SPECS.values() for spec in specs for heading in spec.headings]
    kept_out = [heading for headings in SENSITIVE.values() for heading in headings]
    if not torn and begun in {_bare(heading) for heading in (*known, *kept_out)} | denied_words():
        return None
    for heading in (*kept_out, *sorted(denied_words())):
        if _bare(heading).startswith(begun):
            return heading
    for specs in SPECS.values():
        fields = [
            (spec.field, heading)
            for spec in specs
            for heading in spec.headings
            if _bare(heading).startswith(begun) and _bare(heading) != begun
        ]
        if fields:
            return fields[0][1] if len({field for field, _ in fields}) == 1 else None
    return None


def _bare(text: str) -> str:
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text)).casefold()
