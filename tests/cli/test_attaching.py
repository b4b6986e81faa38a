"""Files and paper over the command line."""

import base64
import json
from pathlib import Path
from typing import Any

import pypdf

from tests.cli.conftest import Commander
from tests.services.test_attachments import MAKER, photo


def told(at_town: Commander, *lines: dict[str, Any], **more: Any) -> list[Any]:
    return at_town("do", given="\n".join(json.dumps(line) for line in lines), **more).lines


def attached(at_town: Commander) -> tuple[str, str]:
    """An incident with a photo; the ids of both."""
    report = {"command": "open_incident", "category": "hazard", "urgency": "urgent", "text": "黑水浩塌方"}
    incident = told(at_town, report)[0]["value"]["incident"]
    line = {"command": "attach", "subject_kind": "incident", "subject": incident, "name": "塌方.jpg",
            "content": base64.b64encode(photo()).decode()}  # fmt: skip
    (answer,) = told(at_town, line)
    assert answer["ok"] and answer["value"]["position_removed"]
    return incident, answer["value"]["attachment"]


def test_a_photo_sent_as_base64_is_listed_shown_and_saved_without_its_place(at_town: Commander, tmp_path: Path) -> None:
    incident, id = attached(at_town)
    (row,) = at_town("list", "attachment", "--where", f"subject={incident}", "--json").json
    assert row["id"] == id and row["name"] == "塌方.jpg" and row["media_type"] == "image/jpeg"
    assert at_town("show", "attachment", id, "--json").json["history"][0]["command"] == "attach"
    assert all("content" not in each for each in at_town("list", "blob", "--json").json)
    file = tmp_path / "塌方.jpg"
    answer = at_town("show", "attachment", id, "--save", file, "--json")
    assert answer.code == 0 and answer.json["bytes"] == file.stat().st_size
    assert MAKER.encode() not in file.read_bytes() and file.read_bytes().startswith(b"\xff\xd8\xff")
    assert at_town("show", "attachment", id, "--json").json["history"][0]["op"] == "export"
    again = at_town("show", "attachment", id, "--save", file)
    assert again.code == 2 and "exists already" in again.err


def test_a_viewer_lists_it_masked_and_saves_nothing(at_town: Commander, tmp_path: Path) -> None:
    incident, id = attached(at_town)
    (row,) = at_town("list", "attachment", "--where", f"subject={incident}", "--json", actor="viewer").json
    assert row["name"] == "•••"
    answer = at_town("show", "attachment", id, "--save", tmp_path / "x.jpg", actor="viewer")
    assert answer.code == 2 and not (tmp_path / "x.jpg").exists()


def test_only_attachments_are_saved(at_file: Commander, tmp_path: Path) -> None:
    answer = at_file("show", "grid", "x", "--save", tmp_path / "x")
    assert answer.code == 2 and "attachments only" in answer.err


def test_the_incident_record_is_printed_by_number(at_town: Commander, tmp_path: Path) -> None:
    incident, _ = attached(at_town)
    number = at_town("show", "incident", incident, "--json").json["number"]
    file = tmp_path / "记录.pdf"
    answer = at_town("print", "incident", number, "--to", file, "--json", lang="zh_CN")
    assert answer.code == 0 and answer.json["file"] == str(file)
    said = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert "黑水浩塌方" in said and number in said and "塌方.jpg" in said
    assert at_town("show", "incident", incident, "--json").json["history"][0]["op"] == "print"
    missing = at_town("print", "incident", "JH-0", "--to", tmp_path / "none.pdf")
    assert missing.code == 2 and not (tmp_path / "none.pdf").exists()
