"""What is known of the file, and what of it can be corrected: encoding, sheets, layer, coordinate system."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, Facts, clear
from commandcenter.ui.core.cards import words as data_words
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.imports.jobs import MapLook
from commandcenter.ui.imports.work import ImportWork

ENCODINGS = ("utf-8", "gb18030", "utf-16")
ASKED = Qt.ItemDataRole.UserRole
NEIGHBOURS = 5_000.0
"""Metres within which systems differ by a shift (GCJ-02, BD-09), not by their zone."""
WIDTH = 340
"""Of the panel, in px at 100 %."""
MOST_SYSTEMS = 6
"""Coordinate systems that are seen without scrolling."""


class FactsPanel(Column):
    """As high as what it tells; the page lets it scroll.

    Signals: ``other_asked()`` when another file is to be chosen.
    """

    other_asked = Signal()

    def __init__(self, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "clear")
        self._work = work
        self._is_filling = False
        look = theme.current()
        self.name = data_words("", "title")
        self.facts = QVBoxLayout()
        self.encoding = QComboBox()
        self.encoding.setObjectName("imports.encoding")
        self.layers = QComboBox()
        self.layers.setObjectName("imports.layer")
        self.sheets = QListWidget()
        self.sheets.setObjectName("imports.sheets")
        self.systems = QListWidget()
        self.systems.setObjectName("imports.crs")
        self.systems.setWordWrap(True)
        self.systems.setSpacing(look.px(3))
        self.systems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.which_system = Label("imports.crs.hint", "muted")
        self.which_system.setWordWrap(True)
        self.other_system = LineEdit()
        self.other_system.setObjectName("imports.other_crs")
        self.point = LineEdit()
        self.point.setObjectName("imports.point")
        self.wrong_point = Label("", "error")
        self.other = Button("imports.other_file", kind="quiet", icon="document")
        self.other.clicked.connect(self.other_asked)
        self._titles: dict[QWidget, Label] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.space(2))
        column.addWidget(self.name)
        column.addLayout(self.facts)
        for code, part in (("imports.encoding", self.encoding), ("imports.layer", self.layers),
                           ("imports.sheets", self.sheets), ("imports.crs", self.systems),
                           ("imports.other_crs", self.other_system), ("imports.point", self.point)):  # fmt: skip
            title = Label(code, "strong")
            self._titles[part] = title
            column.addWidget(title)
            column.addWidget(part)
            if part is self.systems:
                column.addWidget(self.which_system)
        column.addWidget(self.wrong_point)
        column.addStretch(1)
        column.addWidget(self.other, alignment=Qt.AlignmentFlag.AlignLeft)
        self.encoding.currentIndexChanged.connect(self._encoding_chosen)
        self.layers.currentIndexChanged.connect(self._layer_chosen)
        self.sheets.itemChanged.connect(self._sheets_chosen)
        # Not the current row, which a list also sets when it merely gets the keys.
        self.systems.itemSelectionChanged.connect(self._system_chosen)
        self.other_system.submitted.connect(self._other_system_given)
        self.point.submitted.connect(self._point_given)

    # --- showing -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show how things stand."""
        self._is_filling = True
        try:
            self.name.setText(self._work.name)
            self.name.setToolTip(tip(str(self._work.source) if self._work.source else ""))
            self._fill_facts()
            self._fill_encodings()
            self._fill_layers()
            self._fill_sheets()
            self._fill_systems()
            self._fill_point()
        finally:
            self._is_filling = False

    def _show(self, part: QWidget, is_visible: bool) -> None:
        part.setVisible(is_visible)
        self._titles[part].setVisible(is_visible)
        if part is self.systems:
            self.which_system.setVisible(is_visible)

    def _fill_facts(self) -> None:
        clear(self.facts)
        facts, read, look = Facts(), self._work.read, self._work.look
        if look is not None:
            facts.add("imports.fact.kind", look.preview.driver)
            facts.add("imports.fact.features", f"{look.preview.count:,}")
            if look.preview.without_place:
                facts.add("imports.fact.without_place", f"{look.preview.without_place:,}")
        elif read is not None:
            facts.add("imports.fact.rows", f"{sum(len(each.rows) for each in read.tables):,}")
            left = sum(len(each.left) for each in read.tables)
            if left:
                facts.add("imports.fact.left", f"{left:,}")
        self.facts.addWidget(facts)

    def _fill_encodings(self) -> None:
        used = self._used_encoding()
        self._show(self.encoding, bool(used))
        self.encoding.clear()
        self.encoding.addItem(say("imports.encoding.found", name=_encoding_name(used)), None)
        for each in ENCODINGS:
            self.encoding.addItem(_encoding_name(each), each)
        self.encoding.setCurrentIndex(max(self.encoding.findData(self._work.reading.encoding), 0))

    def _used_encoding(self) -> str:
        """The encoding of a text file; nothing for workbooks and databases, which have none."""
        read, look = self._work.read, self._work.look
        if look is not None:
            return str(look.preview.encoding or "")
        return str(read.tables[0].encoding or "") if read is not None and read.tables else ""

    def _fill_layers(self) -> None:
        look = self._work.look
        names: Sequence[str] = look.preview.layers if look is not None else ()
        self._show(self.layers, len(names) > 1)
        self.layers.clear()
        for each in names:
            self.layers.addItem(each, each)
        if look is not None:
            self.layers.setCurrentIndex(self.layers.findData(look.preview.layer))

    def _fill_sheets(self) -> None:
        read = self._work.read
        sheets = read.sheets if read is not None else ()
        self._show(self.sheets, len(sheets) > 1)
        at = self.sheets.currentRow()
        self.sheets.clear()
        for each in sheets:
            reason = say(f"imports.sheet_left.{each.reason}") if each.reason else ""
            item = QListWidgetItem(f"{each.name}  ·  {reason}" if reason else each.name)
            item.setData(ASKED, each.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if each.taken else Qt.CheckState.Unchecked)
            self.sheets.addItem(item)
        self.sheets.setCurrentRow(min(at, len(sheets) - 1))  # where the keys were before it was read again
        look = theme.current()
        self.sheets.setFixedHeight(min(len(sheets), 7) * look.px(34) + look.space(1))

    def _fill_systems(self) -> None:
        look = self._work.look
        self._show(self.systems, look is not None and bool(look.preview.candidates))
        self._show(self.other_system, look is not None)
        self.other_system.setPlaceholderText(say("imports.other_crs.hint"))
        self.systems.clear()
        if look is None:
            return
        judged = look.judgement.best
        best = next((each for each in look.preview.candidates if each.crs == judged), None)
        if best is None:
            are_close = len(look.preview.candidates) > 1 and look.spread <= NEIGHBOURS
            self.which_system.say("imports.crs.hint.close" if are_close else "imports.crs.hint")
        else:
            self.which_system.say("imports.crs.judged", name=system_name(best), percent=_percent(look, best.crs))
        for place, each in enumerate(look.preview.candidates):
            item = QListWidgetItem(candidate_words(each, look, self._work.known_point))
            item.setData(ASKED, each.crs)
            item.setSizeHint(self._room_of(item.text()))
            self.systems.addItem(item)
            if each.crs == self.shown_crs():
                self.systems.setCurrentRow(place)
        rows = [self.systems.item(row).sizeHint().height() for row in range(min(self.systems.count(), MOST_SYSTEMS))]
        gaps = 2 * self.systems.spacing() * len(rows)
        self.systems.setFixedHeight(sum(rows) + gaps + 2 * self.systems.frameWidth())

    def _room_of(self, words: str) -> QSize:
        """What a system's lines need where they are wrapped: a list asks for them unwrapped until it has been seen."""
        look = theme.current()
        width = look.px(WIDTH - 48)
        self.systems.ensurePolished()
        lines = self.systems.fontMetrics().boundingRect(QRect(0, 0, width, 0), Qt.TextFlag.TextWordWrap, words)
        return QSize(width, lines.height() + look.px(6))

    def shown_crs(self) -> str | None:
        """The coordinate system that is chosen, else the one the file says."""
        look = self._work.look
        return self._work.reading.crs or (look.preview.crs if look is not None else None)

    def _fill_point(self) -> None:
        self._show(self.point, self._work.look is not None)
        self.wrong_point.setVisible(False)
        self.point.setPlaceholderText(say("imports.point.hint"))
        known = self._work.known_point
        if known is not None and not self.point.hasFocus():
            self.point.setText(f"{known[0]:.5f}, {known[1]:.5f}")

    # --- choosing ------------------------------------------------------------------------------------------------

    @Slot(int)
    def _encoding_chosen(self, place: int) -> None:
        if not self._is_filling and place >= 0:
            self._work.set_reading(encoding=self.encoding.itemData(place))

    @Slot(int)
    def _layer_chosen(self, place: int) -> None:
        if not self._is_filling and place >= 0:
            self._work.set_reading(layer=self.layers.itemData(place))

    @Slot(object)
    def _sheets_chosen(self, _item: Any) -> None:
        if self._is_filling:
            return
        items = [self.sheets.item(row) for row in range(self.sheets.count())]
        wanted = tuple(str(each.data(ASKED)) for each in items if each.checkState() == Qt.CheckState.Checked)
        if wanted:
            self._work.set_reading(sheets=wanted)
        else:
            self.refresh()  # at least one sheet is read

    @Slot()
    def _system_chosen(self) -> None:
        chosen = self.systems.selectedItems()
        if not self._is_filling and chosen and self._work.look is not None:
            self._work.set_reading(crs=str(chosen[0].data(ASKED)))

    @Slot()
    def _other_system_given(self) -> None:
        if self.other_system.text().strip():
            self._work.set_reading(crs=self.other_system.text().strip())

    @Slot()
    def _point_given(self) -> None:
        text = self.point.text().strip()
        found = point_in(text)
        self.wrong_point.setVisible(bool(text) and found is None)
        if text and found is None:
            self.wrong_point.say("imports.point.wrong")
        else:
            self._work.set_known_point(found)


def point_in(text: str) -> tuple[float, float] | None:
    """Longitude and latitude from what a person typed, in either order where it can be told; None for anything else."""
    parts = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    try:
        first, second = (float(each.strip("°EN东经北纬")) for each in parts if each.strip("°EN东经北纬"))
    except ValueError:
        return None
    if abs(first) <= 90 < abs(second) <= 180:
        first, second = second, first
    return (first, second) if abs(first) <= 180 and abs(second) <= 90 else None


def system_name(candidate: Any) -> str:
    """A coordinate system as people know it."""
    name = texts.current().say(f"formats.{candidate.code}", **candidate.facts)
    return say("imports.crs.swapped", name=name) if candidate.swapped else name


def candidate_words(candidate: Any, look: MapLook, point: tuple[float, float] | None) -> str:
    """A coordinate system, where the file would lie in it, and what speaks for or against it: how well it covers the
    grids that are there, else whether it lies around the known place. A distance within the file's own town would
    speak for one of two systems by chance, so it is not given."""
    from commandcenter.formats.guesses import distance
    from commandcenter.formats.placing import AROUND, beyond

    lon, lat = candidate.centre
    told = [say("imports.crs.place", lon=f"{lon:.3f}", lat=f"{lat:.3f}")]
    # Those that put it at much the same place are told the same distance: 19 km is no better than 20.
    alike = [each for each in look.preview.candidates if distance(each.centre, candidate.centre) <= NEIGHBOURS]
    if look.judgement.shares:
        told.append(say("imports.crs.covers", percent=_percent(look, candidate.crs)))
    elif point is not None:
        metres = min(beyond(each.bbox, point) for each in alike)
        is_around = metres <= AROUND
        away = "" if is_around else say("imports.crs.away", distance=distance_words(metres))
        told.append(say("imports.crs.around") if is_around else away)
    elif candidate.metres is not None:
        metres = min(each.metres or 0.0 for each in alike)
        if metres > AROUND:
            told.append(say("imports.crs.away_town", distance=distance_words(metres)))
    return f"{system_name(candidate)}\n{' · '.join(told)}"


def _percent(look: MapLook, crs: str) -> str:
    return f"{int(look.judgement.shares.get(crs, 0.0) * 100)}"


def distance_words(metres: float) -> str:
    """A distance as people say it."""
    if metres < 1000:
        return say("imports.map.metres", count=round(metres))
    if metres < 10_000:
        return say("imports.map.part_kilometres", distance=f"{metres / 1000:.1f}")
    return say("imports.map.kilometres", count=round(metres / 1000))


def _encoding_name(name: str) -> str:
    return {"utf-8": "UTF-8", "gb18030": "GB18030 (GBK)", "utf-16": "UTF-16"}.get(name, name.upper())
