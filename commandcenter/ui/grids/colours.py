"""The map's colours from the theme."""

from commandcenter.ui.core.map import MapColours
from commandcenter.ui.core.theme import Theme


def map_colours(theme: Theme) -> MapColours:
    """Every colour of the map canvas, taken from the tokens."""
    one, two, three = theme.tones
    return MapColours(
        background=theme.background, surface=theme.surface, line=theme.line, text=theme.text, muted=theme.muted,
        accent=theme.accent, overdue=theme.overdue, tones=(one, two, three), grid_line=theme.grid_line,
        village_line=theme.village_line, emergency_ink=theme.emergency_ink, selection=theme.selection,
        selection_gap=theme.selection_gap,
    )  # fmt: skip
