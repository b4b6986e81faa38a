"""Every registry is complete: what is declared on one floor is there on the others."""

import ast
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

import pytest
from sqlalchemy import select

from commandcenter.base.errors import Refused
from commandcenter.rules.entity import ENTITIES
from commandcenter.rules.people import PERSON_KINDS, ROLES
from commandcenter.services import import_kinds, imports, registry, wire
from commandcenter.services.commands import COMMANDS
from commandcenter.storage import tables
from commandcenter.storage.tables import change_log, command, whole_metadata
from tests.house.sources import nodes
from tests.storage import stream


def test_every_module_that_declares_commands_is_registered() -> None:
    declaring = {
        name.removeprefix("services/").removesuffix(".py")
        for name, inside in nodes().items()
        if name.startswith("services/")
        and any(
            isinstance(node, ast.ClassDef) and any(_is_command(each) for each in node.decorator_list)
            for node in inside
        )
    }
    assert declaring == {module.__name__.rpartition(".")[2] for module in registry.MODULES}


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "command"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_whole(name: str) -> None:
    spec = COMMANDS[name]
    assert spec.handler is not None and (spec.handler.__doc__ or name.endswith("_incident"))
    assert spec.cls.__doc__ and not spec.cls.__doc__.startswith(spec.cls.__name__)
    assert spec.roles and spec.roles <= set(ROLES)
    assert spec.cls.__dataclass_params__.frozen
    assert not {field.name for field in spec.fields} & set(wire.ENVELOPE)


def test_every_table_is_an_entitys_or_listed() -> None:
    machinery = {table.name for table in tables.MACHINERY}
    assert set(whole_metadata().tables) == set(ENTITIES) | machinery | {"command", "change_log", "personal_value"}
    assert machinery == {"presence", "lease", "schema_version", "clock", "counter", "seal"}


def test_a_backup_carries_every_table_with_facts() -> None:
    left_out = set(whole_metadata().tables) - {table.name for table in tables.kept()}
    assert left_out == {"presence", "lease", "schema_version"}


def test_every_entity_is_frozen_and_said_what_it_is() -> None:
    for kind in ENTITIES.values():
        assert kind.cls.__doc__ and kind.cls.__dataclass_params__.frozen, kind.name
        assert all(field.ref is None or field.ref.kind in ENTITIES for field in kind.fields), kind.name


def test_what_a_drill_can_cause_carries_a_world() -> None:
    worldly = {name for name, kind in ENTITIES.items() if kind.has_world}
    assert worldly >= {"incident", "call", "timeline_entry"}
    for table in (command, change_log, tables.personal_value, *(tables.entity_tables[name] for name in worldly)):
        assert table.c.world.nullable is False, table.name


def test_people_and_imports_name_known_entities() -> None:
    assert set(PERSON_KINDS) <= set(ENTITIES)
    assert set(get_args(imports.Importable)) == set(import_kinds.KINDS) <= set(ENTITIES)


def test_handlers_write_only_the_tables_they_declare(
    town_url: Callable[[str], str], open_desk: Callable[..., Any]
) -> None:
    """Grants will be made from these declarations."""
    url, dice = town_url("sqlite"), random.Random(11)
    desk, other = open_desk(url, "administrator"), open_desk(url, "duty1")
    others = [name for name in stream.MAKERS if name != "change_officer"]
    done: Counter[str] = Counter()
    query = (
        select(command.c.name, change_log.c.entity).join(change_log, change_log.c.command_id == command.c.id).distinct()
    )

    def carry_out(name: str) -> None:
        sender = other if name == "open_incident" else desk
        with sender.read("real") as reader:
            made = stream.make(name, reader, dice)
        with contextlib.suppress(Refused):
            if made is not None:
                done[name] += sender.runner.execute(made).undoable  # what changed nothing counts for nothing

    for turn in range(60):  # ids are drawn: what the dice meet differs from run to run
        missing = [name for name in others if not done[name]]
        if turn >= 3:
            if not missing:
                break
            for name in missing * 20:
                carry_out(name)
        if turn < 3 or not all(done[name] for name in missing):
            for name in ["open_incident", "open_incident", *others]:
                carry_out(name)
    for throw in range(60):  # one time in five the dice leave an officer as he was
        carry_out("change_officer")
        if throw >= 2 and done["change_officer"]:
            break
    with desk.database.read() as connection:
        wrote = [tuple(row) for row in connection.execute(query)]
    assert {name for name, _ in wrote} >= set(stream.MAKERS)
    assert [(name, entity) for name, entity in wrote if entity not in COMMANDS[name].writes] == []
