"""Invented photos of the sample, drawn when it is made: nobody's house, nobody's face, no place on earth.

Each is named in a step of ``story.json`` (``"do": "attach", "draw": NAME``).
"""

import io
import math
import random
from collections.abc import Callable
from typing import Any

SIZE = (960, 720)


def draw(name: str) -> bytes:
    """The picture of that name as JPEG, the same bytes each time; KeyError for an unknown one."""
    from PIL import Image, ImageDraw, ImageFilter

    image = Image.new("RGB", SIZE, "#5d6b78")
    _PICTURES[name](ImageDraw.Draw(image), random.Random(name))
    into = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(into, "JPEG", quality=85)
    return into.getvalue()


def _shade(top: str, bottom: str, part: float) -> tuple[int, ...]:
    one, other = (tuple(int(each[i : i + 2], 16) for i in (1, 3, 5)) for each in (top, bottom))
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))


def _ground(pen: Any, box: tuple[int, int], top: str, bottom: str) -> None:
    first, last = box
    for y in range(first, last):
        pen.line(((0, y), (SIZE[0], y)), fill=_shade(top, bottom, (y - first) / (last - first)))


def _hills(pen: Any, dice: random.Random, base: int, height: int, colour: str) -> None:
    phase = dice.uniform(0, 6)
    line = [(x, base - height * (0.5 + 0.5 * math.sin(x / 150 + phase) * math.cos(x / 310 + phase)))
            for x in range(0, SIZE[0] + 8, 8)]  # fmt: skip
    pen.polygon([*line, (SIZE[0], base + 4), (0, base + 4)], fill=colour)


def _rain(pen: Any, dice: random.Random) -> None:
    for _ in range(260):
        x, y, length = dice.randrange(-40, SIZE[0]), dice.randrange(SIZE[1]), dice.randrange(10, 26)
        pen.line(((x, y), (x + length // 3, y + length)), fill="#8b98a4")


def _ford(pen: Any, dice: random.Random) -> None:
    """A road that goes down into brown water and comes out on the other side, with a row of posts."""
    _ground(pen, (0, 300), "#46525e", "#8794a0")
    _hills(pen, dice, 310, 150, "#35463f")
    _hills(pen, dice, 330, 70, "#2b3a31")
    _ground(pen, (320, 720), "#7a6a4d", "#5c4e38")
    for _ in range(340):
        x, y = dice.randrange(SIZE[0]), dice.randrange(330, 715)
        width = 10 + (y - 320) // 8
        brown = dice.choice(("#8d7c5b", "#6b5c42", "#98886a"))
        pen.line(((x, y), (x + width, y + dice.choice((-1, 0, 1)))), fill=brown)
    pen.polygon([(330, 720), (640, 720), (560, 560), (420, 560)], fill="#6f7071")
    pen.polygon([(452, 372), (528, 372), (515, 345), (466, 345)], fill="#6b6d6e")
    pen.polygon([(405, 580), (570, 580), (556, 552), (424, 552)], fill="#7b6c50")
    for step in range(6):
        y, size = 690 - step * 62, 16 - step * 2
        for x in (360 + step * 19, 606 - step * 15):
            pen.rectangle((x, y - size * 3, x + size // 2 + 2, y), fill="#d8d5cb")
            pen.rectangle((x, y - size * 3, x + size // 2 + 2, y - size * 2), fill="#b3372c")
    _rain(pen, dice)


def _gauge(pen: Any, dice: random.Random) -> None:
    """A water gauge on a concrete pillar, the water high on it."""
    _ground(pen, (0, 720), "#7b8894", "#9aa5ae")
    _hills(pen, dice, 420, 120, "#40524a")
    pen.rectangle((360, 60, 620, 720), fill="#a7a6a0")
    pen.rectangle((365, 60, 372, 720), fill="#8b8a84")
    pen.rectangle((450, 80, 530, 720), fill="#f1efe8")
    for step in range(26):
        y = 90 + step * 24
        long = step % 5 == 0
        pen.rectangle((452, y, 500 if long else 478, y + 8), fill="#1e4f9a" if step > 9 else "#b3372c")
    _ground(pen, (430, 720), "#7d6b4b", "#54462f")
    for _ in range(220):
        x, y = dice.randrange(SIZE[0]), dice.randrange(440, 716)
        pen.line(((x, y), (x + dice.randrange(20, 80), y)), fill=dice.choice(("#8e7d5c", "#695a40")))
    pen.ellipse((340, 416, 640, 446), fill="#8f7f5f")
    _rain(pen, dice)


def _landslide(pen: Any, dice: random.Random) -> None:
    """Earth and stones over both lanes of a road along a slope."""
    _ground(pen, (0, 720), "#8d99a3", "#b3bcc2")
    _hills(pen, dice, 360, 160, "#4c5f52")
    pen.polygon([(0, 180), (520, 420), (520, 720), (0, 720)], fill="#4a5a3f")
    pen.polygon([(960, 720), (960, 470), (560, 410), (440, 430), (120, 720)], fill="#6a6c6e")
    for step in range(7):
        x, y = 880 - step * 62, 640 - step * 34
        pen.polygon([(x, y), (x + 36, y + 10), (x + 30, y + 16), (x - 6, y + 5)], fill="#d9d9d2")
    pen.polygon([(180, 260), (330, 330), (700, 640), (560, 720), (150, 720), (90, 420)], fill="#7b5a3a")
    pen.polygon([(200, 270), (300, 330), (520, 560), (380, 660), (180, 520)], fill="#8d6a46")
    for _ in range(90):
        x, y = dice.randrange(150, 640), dice.randrange(380, 710)
        size = dice.randrange(8, 44)
        grey = dice.choice(("#6e665c", "#8a8175", "#574f46"))
        right, low = (x + size * 1.2, y + size // 2), (x + size // 3, y + size * 0.7)
        pen.polygon([(x, y), (x + size, y - size // 3), right, low], fill=grey)
    for x in (690, 790, 890):
        pen.polygon([(x, 560), (x + 26, 560), (x + 15, 500), (x + 11, 500)], fill="#e0631f")
        pen.rectangle((x + 6, 524, x + 20, 534), fill="#f4f1ea")
    _rain(pen, dice)


_PICTURES: dict[str, Callable[[Any, random.Random], None]] = {
    "ford": _ford, "gauge": _gauge, "landslide": _landslide,
}  # fmt: skip
PICTURES = frozenset(_PICTURES)
