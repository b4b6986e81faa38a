"""Files beside incidents: what is taken, what is taken out of them, who sees them, and that they go for good."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from commandcenter.base.errors import BadInput, Conflict, NotAllowed
from commandcenter.base.ids import new_id
from commandcenter.formats.attached import prepare
from commandcenter.rules.attachments import LARGEST, clean_name, fitting_name
from commandcenter.services import databases, wire
from commandcenter.services.attachments import (
    Attach,
    ChangeAttachment,
    ExportAttachment,
    RemoveAttachment,
    attached_to,
    content_of,
)
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.shipped import ADOPTION
from commandcenter.services.undo import Undo
from commandcenter.storage.database import Database

MAKER = "SecretCameraMaker"
PLACE_TEXT = "30.67N-105.38E-secret-place"


def photo(size: tuple[int, int] = (400, 300), kind: str = "JPEG", colour: str = "navy") -> bytes:
    """A picture with everything in it that a telephone writes: place, maker, comment, a smaller copy, sideways."""
    image = Image.new("RGB", size, colour)
    image.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, MAKER
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (30.0, 40.0, 12.3), "E", (105.0, 23.0, 4.5)
    into = io.BytesIO()
    more: dict[str, Any] = {"exif": exif}
    if kind == "JPEG":
        more |= {"comment": PLACE_TEXT.encode(), "xmp": f'<x exif:GPSLatitude="{PLACE_TEXT}"/>'.encode()}
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        more["pnginfo"] = PngInfo()
        more["pnginfo"].add_text("Comment", PLACE_TEXT)
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", PLACE_TEXT)
    image.save(into, kind, **more)
    return into.getvalue()


def report(desk: Any) -> str:
    outcome = desk.runner.execute(OpenIncident(category="hazard", urgency="urgent", text="山坡掉石头"))
    return str(outcome.value["incident"])


def put(desk: Any, incident: str, content: bytes = b"", name: str = "照片.jpg", **how: Any) -> Any:
    command = Attach(subject_kind="incident", subject=incident, name=name, content=content or photo())
    return desk.runner.execute(command, **how)


# --- what leaves a picture --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_kept_of_a_picture(kind: str) -> None:
    made = prepare(photo(kind=kind))
    for kept in (made.content, made.thumbnail or b""):
        for secret in (MAKER, PLACE_TEXT, "GPS", "Exif", "xmp"):
            assert secret.encode() not in kept
        image = Image.open(io.BytesIO(kept))
        assert not image.getexif() and not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
    assert made.position and made.media_type == f"image/{kind.lower()}"


def test_a_picture_stands_upright() -> None:
    made = prepare(photo((400, 300)))
    assert (made.width, made.height) == (300, 400)
    image = Image.open(io.BytesIO(made.content)).convert("RGB")
    red, _, blue = image.getpixel((290, 10))  # type: ignore[misc]
    assert red > 200 and blue < 60


def test_the_thumbnail_is_small() -> None:
    small = Image.open(io.BytesIO(prepare(photo((3000, 2000))).thumbnail or b""))
    assert max(small.size) == 320 and small.format == "JPEG"


def test_a_picture_without_a_place_says_so() -> None:
    into = io.BytesIO()
    Image.new("L", (50, 40)).save(into, "PNG")
    assert not prepare(into.getvalue()).position


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_usual_kind_of_pixels_is_taken(mode: str) -> None:
    into = io.BytesIO()
    plain = Image.new("I;16", (60, 50), 32_768) if mode == "I;16" else Image.new("RGB", (60, 50), "teal").convert(mode)
    plain.save(into, "JPEG" if mode == "CMYK" else "PNG")
    made = prepare(into.getvalue())
    small = Image.open(io.BytesIO(made.thumbnail or b""))
    assert made.width == 60 and small.mode in ("RGB", "L")
    assert mode != "I;16" or abs(small.getpixel((5, 5)) - 128) < 5  # type: ignore[operator]


def packed(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return into.getvalue()


def bomb() -> bytes:
    """A PNG whose head promises ten thousand megapixels."""
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def moving() -> bytes:
    into = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(into, "GIF", save_all=True, append_images=frames[1:])
    return into.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


REFUSED: list[tuple[bytes, str]] = [
    (b"", "attachment.empty"),
    (b"MZ\x90\0" + b"\0" * 100, "attachment.kind"),
    (b"\0\0\0\x18ftypheic" + b"\0" * 100, "attachment.kind"),
    (b"\0\0\0\x18ftypisom" + b"\0" * 100, "attachment.kind"),
    (bytes(range(256)) * 4, "attachment.kind_unknown"),
    (packed("a.txt"), "attachment.kind"),
    (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "attachment.macros"),
    (OLE + "_VBA_PROJECT".encode("utf-16-le"), "attachment.macros"),
    (OLE, "attachment.kind"),
    (b"PK\x03\x04 nothing of a zip", "attachment.broken"),
    (photo()[:500], "attachment.broken"),
    (b"\xff\xd8\xff\xe0" + b"\0" * 300, "attachment.broken"),
    (bomb(), "attachment.pixels"),
    (moving(), "attachment.animated"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), REFUSED, ids=[f"{n}-{code}" for n, (_, code) in enumerate(REFUSED)])
def test_what_is_not_taken_is_said(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        prepare(content)
    assert caught.value.code == code


TAKEN: list[tuple[bytes, str]] = [
    (b"%PDF-1.7\n...", "application/pdf"),
    ("黑水浩村\n".encode("gb18030"), "text/plain"),
    (packed("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
    (packed("[Content_Types].xml", "xl/workbook.xml"),
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (OLE + "WordDocument\0".encode("utf-16-le"), "application/msword"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), TAKEN, ids=[kind.rpartition("/")[2] for _, kind in TAKEN])
def test_documents_are_known_by_content_and_kept_as_they_are(content: bytes, kind: str) -> None:
    made = prepare(content)
    assert (made.media_type, made.content, made.thumbnail) == (kind, content, None)


def test_the_limit_is_twenty_megabytes() -> None:
    with pytest.raises(BadInput) as caught:
        prepare(b"a" * (LARGEST + 1))
    assert caught.value.code == "attachment.large" and caught.value.facts["limit"] == 20
    assert prepare(b"a" * LARGEST).media_type == "text/plain"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\me\\照片.jpg", "照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a<b>|c?.txt", "a_b__c_.txt"),
        (" . ", ""),
        ("很" * 200 + ".jpeg", "很" * 115 + ".jpeg"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_an_ending_that_lies_is_put_right() -> None:
    assert fitting_name("照片.exe", "image/jpeg") == "照片.exe.jpg"
    assert fitting_name("照片.PNG", "image/jpeg") == "照片.jpg"
    assert fitting_name("照片.JPEG", "image/jpeg") == "照片.JPEG"
    assert fitting_name("名单.wps", "application/msword") == "名单.wps"


# --- keeping ----------------------------------------------------------------------------------------------------


def test_the_same_photo_is_kept_once(desk: Any) -> None:
    one, other = report(desk), report(desk)
    first, second = put(desk, one), put(desk, other, name="又一张.jpg")
    assert first.value["blob"] == second.value["blob"] and first.value["position_removed"]
    with desk.read("real") as reader:
        assert reader.count("blob") == 1 and reader.count("attachment") == 2
        (row,) = attached_to(reader, "incident", one)
    assert row.attachment.name == "照片.jpg" and row.thumbnail and not row.hidden and not row.erased


def test_the_same_command_twice_is_one_attachment(desk: Any) -> None:
    incident, id = report(desk), new_id()
    first, again = put(desk, incident, id=id), put(desk, incident, id=id)
    assert again.repeated and again.value == first.value
    with pytest.raises(BadInput) as caught:
        put(desk, incident, photo(colour="red"), id=id)
    assert caught.value.code == "command.id_reused"


def test_the_timeline_tells_it_and_the_log_holds_no_bytes_and_no_name(desk: Any) -> None:
    incident = report(desk)
    put(desk, incident, name="张三摔伤.jpg")
    with desk.read("real") as reader:
        entries = reader.find("timeline_entry", incident=incident, code="attached.position")
        changes = [row for row in reader.records("change_log", {}) if row["command_id"] != ADOPTION]  # of the library
        kept = str(reader.records("command", {})) + str(changes)
        (head,) = reader.records("command", {"name": "attach"})
    assert [each.text for each in entries] == ["张三摔伤.jpg"] and entries[0].facts == {}
    written = (base64.b64encode(photo()).decode(), photo().hex(), str(photo())[2:-1])
    assert "张三" not in kept and not any(form[200:260] in kept for form in written)
    assert set(head["payload"]["content"]) == {"$digest", "count"}


def test_attaching_and_removing_can_be_undone(desk: Any) -> None:
    incident = report(desk)
    done = put(desk, incident)
    undone = desk.runner.execute(Undo(target=done.command))
    with desk.read("real") as reader:
        assert attached_to(reader, "incident", incident) == []
    desk.runner.execute(Undo(target=undone.command))
    removed = desk.runner.execute(RemoveAttachment(attachment=done.value["attachment"]))
    with desk.read("real") as reader:
        assert attached_to(reader, "incident", incident) == []
    desk.runner.execute(Undo(target=removed.command))
    with desk.read("real") as reader:
        found, content = content_of(reader, done.value["attachment"])
    assert found.name == "照片.jpg" and Image.open(io.BytesIO(content)).size == (300, 400)


def test_a_name_changed_by_both_is_a_conflict(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")
    id = put(one, report(one)).value["attachment"]
    one.runner.execute(ChangeAttachment(attachment=id, changed={"name": "东坡.jpg"}, was={"name": "照片.jpg"}))
    with pytest.raises(Conflict) as caught:
        other.runner.execute(ChangeAttachment(attachment=id, changed={"name": "西坡.jpg"}, was={"name": "照片.jpg"}))
    assert caught.value.facts["fields"]["name"]["theirs"] == "东坡.jpg"
    other.runner.execute(ChangeAttachment(attachment=id, changed={"note": "从东面拍"}, was={"note": None}))
    with one.read("real") as reader:
        row = reader.get("attachment", id)
    assert (row.name, row.note) == ("东坡.jpg", "从东面拍")


def test_a_grid_takes_files_too(desk: Any) -> None:
    with desk.read("real") as reader:
        grid = reader.find("grid", limit=1)[0]
    desk.runner.execute(Attach(subject_kind="grid", subject=grid.id, name="平面图.jpg", content=photo()))
    with desk.read("real") as reader:
        assert len(attached_to(reader, "grid", grid.id)) == 1


# --- who sees it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", ["viewer", "trainer", "quartermaster"])
def test_others_see_that_there_is_a_file_and_nothing_of_it(
    town: str, open_desk: Callable[..., Any], account: str
) -> None:
    duty, other = open_desk(town), open_desk(town, account)
    incident = report(duty)
    done = put(duty, incident, name="张三摔伤.jpg")
    with other.read("real") as reader:
        (row,) = attached_to(reader, "incident", incident)
        blob = reader.get("blob", done.value["blob"])
        everything = str([row, blob, *reader.find("blob"), *reader.find("attachment"), *reader.find("timeline_entry")])
        assert reader.apart("blob", "content", [done.value["blob"]]) == {}
        with pytest.raises(NotAllowed):
            content_of(reader, done.value["attachment"])
    assert row.hidden and row.thumbnail is None and row.size > 0 and not row.erased
    assert "张三" not in everything and "JFIF" not in everything
    for command in (ExportAttachment(attachment=done.value["attachment"]),
                    Attach(subject_kind="incident", subject=incident, name="x.txt", content=b"x"),
                    RemoveAttachment(attachment=done.value["attachment"])):  # fmt: skip
        with pytest.raises(NotAllowed):
            other.runner.execute(command)


def test_handing_out_leaves_a_trace(desk: Any) -> None:
    id = put(desk, report(desk)).value["attachment"]
    desk.runner.execute(ExportAttachment(attachment=id))
    with desk.read("real") as reader:
        assert reader.history(entity="attachment", id=id)[0].change.op == "export"


# --- over the wire ----------------------------------------------------------------------------------------------


def test_bytes_travel_as_base64_with_a_bound_of_their_own() -> None:
    command = Attach(subject_kind="incident", subject=new_id(), name="大.txt", content=b"a" * 300_000)
    line = json.loads(json.dumps(wire.encode(command)))
    assert wire.decode(line) == command
    for content, code in (("?" * 10, "command.field_base64"), (5, "command.field_type"),
                          ("A" * (wire.LONGEST_FILE + 4), "command.file_long")):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            wire.decode({**line, "content": content})
        assert caught.value.code == code
    with pytest.raises(BadInput) as caught:
        wire.decode({**line, "name": "A" * (wire.LONGEST_TEXT + 1)})
    assert caught.value.code == "command.text_long"


def test_the_schema_says_base64() -> None:
    found = next(each for each in wire.schema()["oneOf"] if each["title"] == "attach")["properties"]["content"]
    assert found["type"] == "string" and found["contentEncoding"] == "base64"
    assert found["maxLength"] >= len(base64.b64encode(b"a" * LARGEST))


# --- lasting ----------------------------------------------------------------------------------------------------


def test_a_backup_carries_the_files_and_the_check_compares_them(
    town: str, open_desk: Callable[..., Any], empty_database_url: Callable[[str], str], engine: str, tmp_path: Path
) -> None:
    duty = open_desk(town)
    incident = report(duty)
    done = put(duty, incident)
    assert databases.check(duty.database).sound
    file = databases.backup(duty.database, tmp_path / "copy.sqlite")
    url = empty_database_url(engine)
    restored = Database(url)
    databases.restore(file, restored)
    assert databases.check(restored).sound
    with open_desk(url).read("real") as reader, duty.read("real") as original:
        assert content_of(reader, done.value["attachment"]) == content_of(original, done.value["attachment"])


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [("content = :other", "blob_changed"), ("content = NULL", "blob_missing")],
)
def test_the_check_finds_a_changed_and_a_missing_file(desk: Any, spoiled: str, code: str) -> None:
    from sqlalchemy import text

    put(desk, report(desk))
    with desk.database.write() as connection:
        words = {"other": b"something else"} if ":other" in spoiled else {}
        connection.execute(text(f"UPDATE blob SET {spoiled}"), words)
    assert [fault["code"] for fault in databases.check(desk.database).faults] == [code]
