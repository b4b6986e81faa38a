"""What an officer has decided about the file that is being imported."""

from dataclasses import dataclass, field

from commandcenter.services.filing import ReadFile, Side
from commandcenter.services.recognising import Reading
from commandcenter.ui.imports.corrections import Corrections
from commandcenter.ui.imports.jobs import Choice


@dataclass
class Chosen:
    """What it is (None: as its headings say), how it is read, what its columns mean, and whose values stand."""

    what: str | None = None
    reading: Reading = field(default_factory=Reading)
    overrides: dict[str, str] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    corrections: Corrections = field(default_factory=Corrections)
    sides: dict[str, Side] = field(default_factory=dict)

    def as_other(self, what: str | None) -> "Chosen":
        """The same file taken for something else: its columns mean other things, its cells are the same."""
        return Chosen(what=what, reading=self.reading, corrections=self.corrections)

    def mean(self, read: ReadFile, column: str, wanted: str | None) -> None:
        """A column means this field (None: nothing); the field's former column means nothing then."""
        overrides = {name: heading for name, heading in self.overrides.items() if heading != column}
        for spec, index in read.mapping.fields:
            if read.mapping.columns[index] == column and spec.field != wanted:
                overrides[spec.field] = ""
        if wanted is not None:
            overrides[wanted] = column
        self.overrides = overrides

    def as_choice(self) -> Choice:
        """What was decided of columns, cells and rows, as it stands now."""
        corrections = self.corrections
        return Choice(dict(self.overrides), self.keep, dict(corrections.cells), frozenset(corrections.left_out))
