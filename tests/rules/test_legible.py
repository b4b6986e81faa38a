"""What people write holds nothing that no reader can see."""

import pytest

from commandcenter.rules import legible


@pytest.mark.parametrize(
    ("written", "text", "line"),
    [
        ("起火 \x00\x07\x1b[31m红", "起火 [31m红", "起火 [31m红"),
        ("一\r\n二\r三\u2028四\x0b五", "一\n二\n三\n四\n五", "一 二 三 四 五"),
        ("号码\u202e1234\u2066", "号码1234", "号码1234"),
        ("半个\ud83d字", "半个字", "半个字"),
        ("👩\u200d🚒 \t王（副）\u3000", "👩\u200d🚒 \t王（副）\u3000", "👩\u200d🚒 \t王（副）\u3000"),
    ],
)
def test_control_characters_overrides_and_halves_go_and_words_stay(written: str, text: str, line: str) -> None:
    assert (legible.text(written), legible.line(written)) == (text, line)
    assert legible.UNKEEPABLE.search(text) is None
