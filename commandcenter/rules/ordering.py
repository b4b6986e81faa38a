"""The order in which people expect codes and numbers."""

import re


def natural_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 第2 before 第10: digits count as numbers."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", code))
