"""Tables on the clipboard as Excel, WPS and browsers put them there."""

import csv
import io
from html.parser import HTMLParser

_MOST_SPAN = 1_000
"""Rows or columns that one cell may be stretched over; more is a broken or hostile clipboard."""


def pasted(plain: str, markup: str) -> str:
    """What was copied from a spreadsheet as tab-separated text.

    The text is taken as it is unless the markup knows more: a table with cells merged downwards (which are filled
    down), or a table where there is no text of several columns.
    """
    table = _Tables.of(markup) if markup else None
    if table is not None and (table.has_merged or "\t" not in plain):
        out = io.StringIO()
        csv.writer(out, delimiter="\t", lineterminator="\n").writerows(table.filled())
        return out.getvalue()
    return plain


class _Tables(HTMLParser):
    """The cells of the first table in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[tuple[str, int, int]]] = []
        """Per row its cells: text, columns and rows it is stretched over."""
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._ended = False

    @classmethod
    def of(cls, markup: str) -> "_Tables | None":
        """The table, None when there is none."""
        made = cls()
        made.feed(markup)
        made.close()
        return made if any(made.rows) else None

    @property
    def has_merged(self) -> bool:
        """Whether a cell is stretched over several rows."""
        return any(down > 1 for row in self.rows for _, _, down in row)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The parser's: a row, a cell, or a break within one."""
        if self._ended:
            return
        if tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            given = dict(attrs)
            self._span = (_span(given.get("colspan")), _span(given.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """The parser's: the end of a cell or of the table."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table":
            self._ended = True

    def handle_data(self, data: str) -> None:
        """The parser's: words."""
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        words = [" ".join(line.split()) for line in "".join(self._cell).split("\n")]
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(("\n".join(words).strip(), *self._span))
        self._cell = None

    def filled(self) -> list[list[str]]:
        """Rows of cells; one merged downwards stands in each of its rows, one merged across only in its first."""
        held: dict[int, tuple[str, int]] = {}
        lines: list[list[str]] = []
        for row in self.rows:
            line: dict[int, str] = {}
            for at, (text, left) in list(held.items()):
                line[at] = text
                held[at] = (text, left - 1)
                if left == 1:
                    del held[at]
            at = 0
            for text, across, down in row:
                while at in line:
                    at += 1
                for place in range(across):
                    line[at + place] = text if place == 0 else ""
                    if down > 1:
                        held[at + place] = (line[at + place], down - 1)
                at += across
            lines.append([line.get(place, "") for place in range(max(line, default=-1) + 1)])
        return lines


def _span(given: str | None) -> int:
    return min(int(given), _MOST_SPAN) if given and given.isdecimal() and int(given) else 1
