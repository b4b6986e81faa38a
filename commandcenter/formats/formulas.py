"""Text that a spreadsheet would take for a formula, on its way out and back in.

A cell that begins with ``= + - @`` (or a tab or line end) gets an apostrophe in front, as people type it; one that
stood there already is doubled, so that :func:`unescaped` gives back exactly what went out.
"""

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def escaped(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith((*RISKY, "'")) else text


def unescaped(text: str) -> str:
    """What :func:`escaped` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*RISKY, "'")) else text
