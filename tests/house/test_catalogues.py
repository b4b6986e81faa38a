"""What the program ships and would take over holds nothing of the deny list."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from commandcenter.base.paths import resources
from commandcenter.formats import column_specs, columns
from commandcenter.rules.denied import denied, denied_words
from commandcenter.rules.incidents import URGENCIES, Category
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.services import catalogues
from commandcenter.services.imports import Importable

TABLES = sorted((resources() / "catalogues").glob("*.csv")) + sorted((resources() / "sample").rglob("*.csv"))
FACTS = sorted(path for end in ("json", "geojson") for path in (resources() / "sample").rglob(f"*.{end}"))


def cells(path: Path) -> Iterator[str]:
    """Headings and cells, and what a cell lists."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                yield cell
                yield from (part for part in cell.replace(";", ":").split(":") if part)


def texts_in(value: Any) -> Iterator[str]:
    """Every key and text of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def test_the_deny_list_finds_its_own_words() -> None:
    words = denied_words()
    assert len(words) > 5
    assert [word for word in words if not denied(word)] == []
    assert not denied("村干部") and not denied("agricultural")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_table_holds_a_denied_value(path: Path) -> None:
    assert sorted({cell for cell in cells(path) if denied(cell)}) == []


@pytest.mark.parametrize("path", FACTS, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_sample_file_holds_a_denied_value(path: Path) -> None:
    found = texts_in(json.loads(path.read_text(encoding="utf-8")))
    assert sorted({text for text in found if denied(text)}) == []


def test_no_import_takes_a_denied_column_or_value_by_default() -> None:
    named = [heading for specs in columns.SPECS.values() for spec in specs for heading in (spec.field, *spec.headings)]
    values = [word for name, table in vars(column_specs).items() if name.isupper() and isinstance(table, dict)
              for pair in table.items() for word in pair if isinstance(word, str)]  # fmt: skip
    assert named and values
    assert sorted({word for word in [*named, *values] if denied(word)}) == []


def test_no_field_of_an_entity_or_command_is_a_denied_one() -> None:
    from commandcenter.rules.entity import ENTITIES
    from commandcenter.services import registry  # noqa: F401  (all commands)
    from commandcenter.services.commands import COMMANDS

    declared = [field for kind in (*ENTITIES.values(), *COMMANDS.values()) for field in kind.fields]
    words = [word for field in declared for word in (field.name, field.name.replace("_", " "), *(field.choices or ()))]
    assert sorted({word for word in words if denied(word)}) == []


def test_the_catalogues_agree_with_the_rules() -> None:
    found = catalogues.categories()
    assert set(found) == set(get_args(Category))
    for category in found.values():
        assert category.zh and category.en and category.default_urgency in URGENCIES
        assert all(each.key and each.zh and each.en for each in category.subkinds)
    known = {"*", *found, *(f"{key}.{sub.key}" for key, each in found.items() for sub in each.subkinds)}
    for role in catalogues.roles().values():
        assert role.zh and role.en and set(role.upward) <= known, role.key
        assert role.person in PERSON_KINDS, role.key
    for care in catalogues.care_kinds().values():
        assert care.zh and care.en and care.needs and all(care.needs), care.key
    for phrase in catalogues.phrases():
        assert phrase.category in found and phrase.urgency in URGENCIES and phrase.initials.isascii(), phrase.key
        assert not phrase.subkind or f"{phrase.category}.{phrase.subkind}" in known, phrase.key


def test_every_importable_entity_that_files_bring_has_columns() -> None:
    # A plan of drills comes back as the commands for drills (services/plan_table), tables of kits and stores as theirs
    # (services/kit_books).
    assert set(columns.SPECS) - {"drill", "kit", "stock_move"} <= set(get_args(Importable))
