"""How long a text may be: counted alike by commands, command lines and files; what is longer already is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.ids import new_id
from commandcenter.rules import lengths
from commandcenter.rules.lengths import LONGEST_TEXT
from commandcenter.services import filing, import_plan, wire
from commandcenter.services.imports import ImportRows
from commandcenter.services.incidents import EditIncident, OpenIncident
from tests.formats.workbooks import SheetPlan, write_xlsx


def report(text: str) -> OpenIncident:
    return OpenIncident(category="emergency", urgency="urgent", text=text)


def test_a_text_that_is_too_long_is_refused_with_its_field_and_by_how_much(desk: Any) -> None:
    desk.runner.execute(report("积" * LONGEST_TEXT))
    with pytest.raises(BadInput, match=r"command\.text_long") as caught:
        desk.runner.execute(report("积" * (LONGEST_TEXT + 3)))
    facts = caught.value.facts
    assert (facts["field"], facts["over"], facts["most"]) == ("text", 3, LONGEST_TEXT)
    for language, said in (("zh_CN", "多了 3 个"), ("en", "3 too many")):
        assert said in texts.Texts(language).error(caught.value)


@pytest.mark.parametrize("unkeepable", ["\x00", "\ud83d"])
def test_what_no_database_keeps_is_refused_alike_on_both_with_its_field(desk: Any, unkeepable: str) -> None:
    with pytest.raises(BadInput, match=r"command\.text_unkeepable") as caught:
        desk.runner.execute(report(f"起火{unkeepable}三楼"))
    assert caught.value.facts["field"] == "text"
    opened = desk.runner.execute(report("起火")).value["incident"]
    with pytest.raises(BadInput, match=r"command\.text_unkeepable") as caught:
        desk.runner.execute(EditIncident(incident=opened, changed={"place": f"三{unkeepable}楼"}, was={"place": None}))
    assert caught.value.facts["field"] == "place"


@pytest.mark.parametrize("length", [LONGEST_TEXT + 7, 45_000])
def test_a_line_of_the_command_line_is_counted_alike(desk: Any, length: int) -> None:
    line = {"command": "open_incident", "category": "emergency", "urgency": "urgent", "text": "积" * length}
    with pytest.raises(BadInput, match=r"command\.text_long") as caught:
        desk.runner.execute(wire.decode(line))
    assert caught.value.facts["over"] == length - LONGEST_TEXT and caught.value.facts["most"] == LONGEST_TEXT
    assert caught.value.facts["field"] == "text"


def test_what_is_longer_already_is_read_and_its_other_fields_are_edited(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "积" * 45_000
    with monkeypatch.context() as older:
        older.setattr(lengths, "LONGEST_TEXT", 100_000)
        id = desk.runner.execute(report(long)).value["incident"]
    with desk.read("real") as reader:
        assert reader.get("incident", id).text == long
    line = {"command": "edit_incident", "incident": id, "changed": {"text": "短"}, "was": {"text": long}}
    desk.runner.execute(wire.decode(line))
    with desk.read("real") as reader:
        assert reader.get("incident", id).text == "短"
    with pytest.raises(BadInput) as caught:
        desk.runner.execute(EditIncident(incident=id, changed={"text": long}, was={"text": "短"}))
    assert caught.value.facts["field"] == "text"
    with pytest.raises(BadInput) as caught:
        wire.decode(line | {"changed": {"text": long}})
    assert caught.value.facts["field"] == "text"


def test_what_an_older_version_carried_out_has_its_first_answer_when_it_is_sent_again(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.read("real") as reader:
        village = reader.find("village")[0].name
    rows = ({"village": village, "name": "张三丰", "note": "注" * 6_000},)
    old = {new_id(): report("积" * 6_000), new_id(): ImportRows(entity="worker", rows=rows, source="积" * 6_000)}
    with monkeypatch.context() as older:
        for place in (lengths, import_plan):
            older.setattr(place, "LONGEST_TEXT", 100_000)
        first = {id: desk.runner.execute(command, id=id) for id, command in old.items()}
    for id, command in old.items():
        again = desk.runner.execute(command, id=id)
        assert again.repeated and (again.value, again.changes) == (first[id].value, first[id].changes)
        with pytest.raises(BadInput, match="text_long"):
            desk.runner.execute(command)


@pytest.mark.parametrize(
    ("step", "field"),
    [({"command": "plan_drill", "scenario": "landslide", "title": "长" * 9_000}, "title"),
     ({"command": "add_absence", "first_day": "2025-06-01", "last_day": "2025-06-02",
       "reason": "长" * 9_000}, "reason"),
     ({"do": "new_depot", "name": "长" * 9_000}, "name")],
)  # fmt: skip
def test_a_step_of_a_plan_or_a_book_is_counted_like_the_same_command_sent_alone(
    town: str, open_desk: Callable[..., Any], step: dict[str, str], field: str
) -> None:
    desk = open_desk(town, "administrator")
    with desk.read("real") as reader:
        village, officer = reader.find("village")[0].id, reader.find("officer")[0].id
    of = {"plan_drill": {"village": village}, "add_absence": {"officer": officer}}.get(step.get("command", ""), {})
    name = "apply_kit_book" if "do" in step else "apply_plan"
    with pytest.raises(BadInput) as caught:
        desk.runner.execute(wire.decode({"command": name, "steps": [step | of]}))
    facts = caught.value.facts
    assert (caught.value.code, facts["field"], facts["over"]) == ("command.text_long", field, 9_000 - LONGEST_TEXT)


def test_files_are_counted_alike(desk: Any, tmp_path: Path) -> None:
    with desk.read("real") as reader:
        village = reader.find("village")[0].name

    def rows(length: int) -> Any:
        table = [["村(社区)", "姓名", "备注"], [village, "张三丰", "注" * length]]
        return filing.read("workers", write_xlsx(tmp_path / f"{length}.xlsx", SheetPlan("人员", table)))

    assert not filing.survey(desk, rows(LONGEST_TEXT)).refused
    seen = filing.survey(desk, rows(LONGEST_TEXT + 4))
    (found,) = [each for each in seen.problems if each.code == "text.too_long"]
    assert seen.refused and found.facts["over"] == 4 and found.facts["limit"] == LONGEST_TEXT
    row = {"village": village, "name": "张三丰", "note": "注" * (LONGEST_TEXT + 4)}
    with pytest.raises(BadInput, match=r"import\.text_long") as caught:
        desk.runner.execute(ImportRows(entity="worker", rows=(row,)))
    assert caught.value.facts["over"] == 4
