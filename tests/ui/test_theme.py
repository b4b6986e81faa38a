"""The look: every pair that is drawn on one another can be read, the sheet is complete, large type is larger."""

import re
from itertools import product
from typing import Any

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from commandcenter.base.paths import resources
from commandcenter.ui.core import fonts, icons, theme
from commandcenter.ui.core.theme import Theme, contrast, load

GROUNDS = ("background", "surface", "surface_2", "hover")
PAIRS = [
    *product(("text",), (*GROUNDS, "accent_soft", "near_soft", "overdue_soft", "ok_soft"), (7.0,)),
    *product(("muted", "accent", "ok", "near", "overdue"), ("surface", "surface_2"), (4.5,)),
    *product(("muted", "overdue", "near", "accent", "ok"), ("hover", "background"), (4.5,)),
    *((token, f"{token}_soft", 4.5) for token in ("accent", "ok", "near", "overdue")),
    ("muted", "accent_soft", 4.5),
    ("overdue", "accent_soft", 4.5),
    ("text", "surface", 14.0),
    ("muted", "surface", 5.5),
    *product(("on_accent",), ("accent", "accent_hover", "accent_pressed"), (4.5,)),
    *product(("control",), ("surface",), (3.0,)),
    *product(("level_red", "level_orange", "level_blue"), ("background", "surface"), (3.0,)),
]


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(name: str, ink: str, ground: str, least: float) -> None:
    shown = load(name)
    assert contrast(getattr(shown, ink), getattr(shown, ground)) >= least


@pytest.mark.parametrize("name", ["dark", "light"])
def test_characters_on_level_shapes_can_be_read(name: str) -> None:
    shown = load(name)
    shapes = (shown.level_red, shown.level_orange, shown.level_yellow, shown.level_blue)
    assert all(contrast(ink, shape) >= 4.5 for ink, shape in zip(shown.on_level, shapes, strict=True))


@pytest.mark.parametrize("name", ["dark", "light"])
def test_accent_is_no_level(name: str) -> None:
    """Teal: green and blue stronger than red, and neither close to the blue level nor to the colour of done."""
    shown = load(name)
    red, green, blue = (int(shown.accent[at : at + 2], 16) for at in (1, 3, 5))
    assert green > 2 * red and blue > 2 * red and green >= blue


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == 1.0


def test_large_type_scales_every_distance(qapp: QApplication) -> None:
    normal, large = load("dark"), load("dark", large=True)
    assert (normal.px(32), large.px(32)) == (32, 40)
    assert large.space(2) == 10
    theme.apply(qapp, large)
    assert qapp.font().pixelSize() == round(13 * 1.25)
    theme.apply(qapp, normal)
    assert qapp.font().pixelSize() == 13


def test_style_sheet_has_no_open_tokens(qapp: QApplication) -> None:
    for name in ("dark", "light"):
        theme.apply(qapp, load(name))
        assert "@" not in qapp.styleSheet()


def test_shapes_wear_the_tokens_colours() -> None:
    for path in (resources() / "themes" / "shapes").glob("*.svg"):
        shown = load(path.stem.rpartition("-")[2])
        colours = set(re.findall(r"#[0-9a-f]{6}", path.read_text("utf-8")))
        assert colours <= {shown.muted, shown.on_accent, shown.accent}, path.name


def test_every_shape_of_the_sheet_is_shipped() -> None:
    folder = resources() / "themes"
    wanted = set(re.findall(r"@shape\(([a-z-]+)\)", (folder / "desk.qss").read_text("utf-8")))
    assert wanted
    assert all((folder / "shapes" / f"{shape}-{name}.svg").is_file() for shape in wanted for name in ("dark", "light"))


def test_themes_switch_and_tell(qapp: QApplication, qtbot: Any) -> None:
    themes = theme.Themes(qapp, "light")
    told: list[Theme] = []
    themes.changed.connect(told.append)
    themes.choose("dark")
    themes.choose("dark")
    themes.choose(large=True)
    assert [(each.name, each.scale) for each in told] == [("dark", 1.0), ("dark", 1.25)]
    assert theme.current() is told[-1]
    themes.setParent(None)
    themes.deleteLater()


def test_every_icon_can_be_drawn(qapp: QApplication) -> None:
    for name in icons.NAMES:
        assert not icons.pixmap(name, 16).isNull()
    assert icons.icon("search") is icons.icon("search")


def test_icons_follow_the_theme(qapp: QApplication) -> None:
    before = icons.icon("search")
    theme.apply(qapp, load("dark"))
    assert icons.icon("search") is not before


def test_figures_are_equally_wide(qapp: QApplication) -> None:
    metrics = QFontMetrics(fonts.font(19, fonts.SEMIBOLD))
    assert len({metrics.horizontalAdvance(digit * 4) for digit in "0123456789"}) == 1
