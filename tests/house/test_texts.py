"""Two languages, complete: every code that the program says stands in both, with the facts it is given."""

import ast
import os
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from commandcenter.base.errors import NotAllowed
from commandcenter.base.texts import LANGUAGES, Texts
from commandcenter.rules.grids import DatabaseMark, GridKind
from commandcenter.rules.incidents import QUEUES, URGENCIES, CallResult, Direction, State
from commandcenter.rules.people import PERSON_KINDS, ROLES
from commandcenter.rules.settings import OPTIONS
from tests.house.sources import PROJECT, calls, nodes, place

FOLDER = PROJECT / "resources" / "texts"
FORMS = {"zh_CN": 1, "en": 2}
"""Plural forms by language."""
ERRORS = {"BadInput", "RuleError", "NotAllowed", "Conflict", "Refused", "EnvironmentTrouble", "ServerAway"}
HAN = re.compile("[\u4e00-\u9fff]")
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
OWN_FACTS = {"error.column.required_missing": {"headings"}}
"""Facts that only one language speaks of: the usual headings of the tables are Chinese."""
CLOSED_SETS: dict[str, Any] = {
    "incidents.state.": get_args(State), "grids.state.": get_args(State), "incidents.urgency.": URGENCIES,
    "grids.urgency.": URGENCIES, "incidents.queue.": QUEUES,
    "incidents.result.": set(get_args(CallResult)) - {"waiting"},
    "incidents.person.": PERSON_KINDS, "grids.kind.": get_args(GridKind),
    "role.": ROLES,
    "settings.town.mark.": get_args(DatabaseMark), "incidents.direction.": get_args(Direction),
}  # fmt: skip
"""Beginnings of codes that end in a member of a closed set of the rules."""


@cache
def catalogues(language: str) -> dict[str, Catalog]:
    """The catalogues of a language by feature."""
    found = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language, abort_invalid=True)
    return found


@cache
def sentences(language: str) -> dict[str, tuple[str, ...]]:
    """All codes with their plural forms (one form where there is no plural)."""
    return {code: forms for code, forms, _ in entries(language)}


def entries(language: str) -> Iterator[tuple[str, tuple[str, ...], Message]]:
    for catalogue in catalogues(language).values():
        for message in catalogue:
            if message.id:
                code = message.id if isinstance(message.id, str) else message.id[0]
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                yield code, forms, message


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


# --- the catalogues by themselves -----------------------------------------------------------------------------


def test_both_languages_have_the_same_catalogues_and_codes() -> None:
    zh, en = (catalogues(language) for language in LANGUAGES)
    assert set(zh) == set(en)
    for feature in zh:
        codes = [{m.id if isinstance(m.id, str) else m.id[0] for m in each[feature] if m.id} for each in (zh, en)]
        assert codes[0] == codes[1], feature


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_stands_twice_and_no_sentence_is_empty_or_doubtful(language: str) -> None:
    seen: set[str] = set()
    for code, forms, message in entries(language):
        assert code not in seen, code
        seen.add(code)
        assert all(form.strip() for form in forms), code
        assert not message.fuzzy, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    for code, forms, message in entries(language):
        if not isinstance(message.id, str):
            assert len(forms) == FORMS[language] and message.id == (code, code), code


def test_both_languages_have_the_same_placeholders_and_plurals() -> None:
    zh, en = (sentences(language) for language in LANGUAGES)
    plural = [
        {code for code, _, message in entries(language) if not isinstance(message.id, str)} for language in LANGUAGES
    ]
    assert plural[0] == plural[1]
    differing = {}
    for code, forms in zh.items():
        mine = set().union(*map(placeholders, forms))
        # "one call" need not say the number.
        theirs = set().union(*map(placeholders, en[code])) | (mine & {"count"} if code in plural[0] else set())
        if mine - theirs != OWN_FACTS.get(code, set()) or theirs - mine:
            differing[code] = (mine, theirs)
    assert differing == {}


def test_each_language_speaks_itself() -> None:
    english = [code for code, forms in sentences("en").items()
               if any(HAN.search(_bare(form)) for form in forms) and ".language." not in code]  # fmt: skip
    chinese = [code for code, forms in sentences("zh_CN").items()
               if any(re.search("[A-Za-z]{3,} [A-Za-z]{3,} [A-Za-z]{3,}", _bare(form)) and not HAN.search(form)
                      for form in forms)]  # fmt: skip
    assert english == [] and chinese == []


def _bare(sentence: str) -> str:
    return re.sub(r"{[^}]*}", "", sentence)


def test_the_compiled_catalogues_are_fresh() -> None:
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        ["sh", FOLDER / "compile.sh", "--check"], capture_output=True, text=True, encoding="utf-8", env=environment
    )
    assert done.returncode == 0, done.stderr


# --- what the program says ------------------------------------------------------------------------------------


def _facts(call: ast.Call) -> set[str] | None:
    """The facts that a call gives by name; None when it hands on others' facts."""
    if any(each.arg is None for each in call.keywords):
        return None
    return {each.arg for each in call.keywords if each.arg}


def said() -> Iterator[tuple[str, str, set[str] | None]]:
    """(place, code, facts) of every sentence asked for by a literal code."""
    for module, call, name in calls():
        if not call.args or module == "base/texts.py":
            continue
        for code in _literals(call.args[0]):
            if name in ("say", "Label") and CODE.fullmatch(code):
                yield place(module, call), code, _facts(call) if name == "say" else None
            elif name in ERRORS:
                yield place(module, call), f"error.{code}", _facts(call)


def _literals(node: ast.expr) -> Iterator[str]:
    """The codes that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def test_every_code_that_is_said_stands_in_the_catalogues() -> None:
    known = set(sentences("en"))
    assert sorted({f"{code} ({where})" for where, code, _ in said() if code not in known}) == []


def test_every_sentence_gets_the_facts_it_speaks_of() -> None:
    lacking = []
    for where, code, facts in said():
        for form in sentences("en").get(code, ()) + sentences("zh_CN").get(code, ()):
            if facts is not None and (missing := placeholders(form) - facts):
                lacking.append(f"{where} {code}: {sorted(missing)}")
    assert sorted(set(lacking)) == []


def test_plural_sentences_are_asked_for_with_a_count() -> None:
    plural = {code for code, _, message in entries("en") if not isinstance(message.id, str)}
    lacking = {
        f"{where} {code}"
        for where, code, facts in said()
        if code in plural and facts is not None and "count" not in facts
    }
    assert lacking == set()


def made_codes() -> Iterator[tuple[str, str]]:
    """(place, beginning) of every code that is put together."""
    for module, call, name in calls():
        for node in [*call.args, *(each.value for each in call.keywords if (each.arg or "").endswith("code"))]:
            if isinstance(node, ast.JoinedStr) and (name == "say" or node not in call.args):
                first = node.values[0]
                yield place(module, call), first.value if isinstance(first, ast.Constant) else ""


def test_codes_that_are_put_together_begin_like_known_ones() -> None:
    known = set(sentences("en"))
    unknown = [f"{where}: {beginning}" for where, beginning in made_codes()
               if "." not in beginning or not any(code.startswith(beginning) for code in known)]  # fmt: skip
    assert unknown == []


@pytest.mark.parametrize("beginning", CLOSED_SETS)
def test_every_member_of_a_closed_set_has_its_sentence(beginning: str) -> None:
    assert [
        f"{beginning}{each}" for each in CLOSED_SETS[beginning] if f"{beginning}{each}" not in sentences("en")
    ] == []


def test_the_closed_sets_are_in_use() -> None:
    beginnings = {beginning for _, beginning in made_codes()}
    assert set(CLOSED_SETS) - beginnings == set()


def test_every_automatic_entry_of_a_timeline_has_its_sentence() -> None:
    told = {
        code for _, call, name in calls() if name == "tell" and len(call.args) > 3 for code in _literals(call.args[2])
    }
    told |= {f"step.{state}" for state in get_args(State) if state != "reported"}
    assert len(told) > 15
    assert sorted(code for code in told - {"note"} if f"incidents.entry.{code}" not in sentences("en")) == []


def other_codes() -> set[str]:
    """Codes named in any other way: arguments, tables, dataclass fields."""
    found: set[str] = set()
    for inside in nodes().values():
        found |= {node.value for node in inside if isinstance(node, ast.Constant)
                  and isinstance(node.value, str) and CODE.fullmatch(node.value)}  # fmt: skip
    return found


_ANY = "[A-Za-z0-9_.-]+"
"""What a placeholder of a code may hold."""
_CARRIERS = ("error.", "formats.problem.", "imports.window.")
"""Beginnings under which a code of an error or of a finding gets its sentence: it is the rest that must be said."""
@cache
def shapes() -> re.Pattern[str]:
    """Every code that the program puts together from pieces, as a shape: ``f"kits.step.{name}"``, ``"setting."`` +."""
    found = set()
    for node in (node for inside in nodes().values() for node in inside):
        if isinstance(node, ast.JoinedStr):
            pieces = [each.value if isinstance(each, ast.Constant) else None for each in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("."):
            pieces = [node.value, None]
        else:
            continue
        fixed = "".join(str(each) for each in pieces if each is not None)
        begins = re.match(r"[a-z][a-z0-9_]*\.", str(pieces[0] or "")) and pieces[0] not in _CARRIERS
        follows = pieces[0] is None and len(pieces) > 1  # f"{kind}.text_empty", f"{feature}.action.{id}"
        goes_on = follows and re.fullmatch(r"\.[a-z][a-z_]{4,}\.?", str(pieces[1] or ""))
        if (begins or goes_on) and re.fullmatch(r"[A-Za-z0-9_.-]*", fixed):
            found.add("".join(_ANY if each is None else re.escape(str(each)) for each in pieces))
    return re.compile("|".join(f"(?:{each})" for each in sorted(found)))


def test_there_is_no_sentence_that_nothing_says() -> None:
    """Every code stands somewhere in the program: whole, as a shape that is put together, or as an error's."""
    used = {code for _, code, _ in said()} | other_codes()
    bare = {each.removeprefix(beginning) for each in used for beginning in _CARRIERS}

    def is_said(code: str) -> bool:
        rest = next((code.removeprefix(each) for each in _CARRIERS if code.startswith(each)), None)
        return code in used or bool(shapes().fullmatch(code)) or (
            rest is not None and (rest in bare or bool(shapes().fullmatch(rest)))
        )  # fmt: skip

    assert [code for code in sorted(sentences("en")) if not is_said(code)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_says_what_it_changes(language: str) -> None:
    texts = Texts(language)
    assert [option.sentence for option in OPTIONS.values() if not texts.has(option.sentence)] == []


def _facts_of_anything(form: str) -> dict[str, Any]:
    return {name.partition(".")[0]: 3 for name in placeholders(form)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled(language: str) -> None:
    texts = Texts(language)
    for code, forms in sentences(language).items():
        filled = texts.say(code, **_facts_of_anything("".join(forms)))
        assert filled != code and "{" not in filled, code


def test_chinese_sentences_have_chinese_punctuation() -> None:
    """Between Chinese characters a half-width comma is a slip of the keyboard; times and paths keep theirs."""
    slip = re.compile(r"[\u4e00-\u9fff”）][,;?!:](?![/\\\d])")
    found = [(code, form) for code, forms in sentences("zh_CN").items() for form in forms if slip.search(form)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_that_makes_no_difference_to_a_sentence_is_borne(language: str) -> None:
    """A button shares the facts of its banner; one of them may be a count."""
    known = Texts(language)
    assert known.say("attention.offer.take", count=12) == known.say("attention.offer.take") != "attention.offer.take"
    assert "12" in known.say("attention.offer", count=12)


@pytest.mark.parametrize(("language", "role"), [("zh_CN", "值班员"), ("en", "Duty officer")])
def test_a_refusal_names_the_role_in_words(language: str, role: str) -> None:
    for code in ("actor.role", "undo.role"):
        told = Texts(language).error(NotAllowed(code, role="duty_officer", command="apply_plan"))
        assert role in told and "_" not in told


def test_english_has_the_quotes_of_the_keyboard() -> None:
    """Curly ones are drawn by a Chinese font, a whole square wide: a word in them stands there like in a hole."""
    shipped = {
        f"{path.name} {line}": text
        for path in sorted((PROJECT / "resources" / "catalogues").rglob("*.toml"))
        for line, text in _english(tomllib.loads(path.read_text(encoding="utf-8")))
    }
    said = {code: "".join(forms) for code, forms in sentences("en").items()}
    assert [where for where, text in {**shipped, **said}.items() if re.search("[“”‘’]", text)] == []


def _english(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every English text of a file of two languages, with its place."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "en":
                yield where, str(value)
            else:
                yield from _english(value, f"{where}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _english(value, f"{where}/{number}")
