"""The road to fcitx is taken where the desktop asks for it, and nobody else's choice is touched."""

import pytest

from commandcenter.ui.core.inputmethod import bridge


@pytest.mark.parametrize(
    "asked",
    [
        {"QT_IM_MODULE": "fcitx"},
        {"QT_IM_MODULE": "fcitx5"},
        {"XMODIFIERS": "@im=fcitx"},
        {"GTK_IM_MODULE": "fcitx", "QT_IM_MODULE": ""},
    ],
)
def test_a_desktop_with_fcitx_is_bridged(asked: dict[str, str]) -> None:
    environment = dict(asked)
    assert bridge(environment, "linux")
    assert environment["QT_IM_MODULE"] == "ibus" and environment["IBUS_USE_PORTAL"] == "1"


@pytest.mark.parametrize(
    "asked",
    [{}, {"QT_IM_MODULE": "ibus"}, {"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=fcitx"}, {"XMODIFIERS": "@im=ibus"}],
)
def test_another_input_method_is_left_alone(asked: dict[str, str]) -> None:
    environment = dict(asked)
    assert not bridge(environment, "linux") and environment == asked


def test_other_systems_have_their_own_way() -> None:
    environment = {"QT_IM_MODULE": "fcitx"}
    assert not bridge(environment, "win32") and environment == {"QT_IM_MODULE": "fcitx"}
