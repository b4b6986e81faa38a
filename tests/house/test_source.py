"""What no reviewer should have to look for: literal sentences, names that hide Qt's own, reads without a world."""

import ast
import importlib
import inspect
import pkgutil
import re
from typing import Any

import pytest

from commandcenter.feeds.database import ChangeFeed
from commandcenter.services.sessions import ReadDoor
from commandcenter.storage.reads import Reader
from tests.house.sources import PACKAGE, calls, last_name, nodes, place, trees, words_in

SAYS = {
    "print", "setText", "setToolTip", "setPlaceholderText", "setWindowTitle", "setStatusTip", "setWhatsThis",
    "setTitle",
    "addAction", "addItem", "addTab", "setTabText", "setHeaderLabels", "setAccessibleName", "setAccessibleDescription",
    "showMessage", "setInformativeText", "setDetailedText", "insertItem", "addItems", "addMenu", "setHtml",
    "setPlainText", "tip",
    "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QDockWidget", "QMenu",
}  # fmt: skip
"""What brings text before people's eyes."""
WORD = re.compile("[A-Za-z\u4e00-\u9fff]{2,}")
ALLOWED_MODULES = {"storage/migrations/env.py"}


def literal_sentences(tree_calls: Any) -> list[str]:
    """Calls that show text whose words stand in the source."""
    found = []
    for module, call, name in tree_calls:
        if name in SAYS and module not in ALLOWED_MODULES:
            words = [word for argument in call.args for word in words_in(argument) if WORD.search(word)]
            found += [f"{place(module, call)}: {name}({word!r})" for word in words]
    return found


def test_no_literal_sentence_reaches_a_widget_or_a_print() -> None:
    assert literal_sentences(calls()) == []


@pytest.mark.parametrize(
    "line", ['label.setText("No incidents")', 'print(f"done: {count} rows")', 'QLabel("没有事件" if empty else x)']
)
def test_a_literal_on_a_widget_would_be_found(line: str) -> None:
    call = ast.parse(line).body[0].value  # type: ignore[attr-defined]
    assert literal_sentences([("module.py", call, last_name(call.func))])


def test_every_tool_tip_shows_its_characters() -> None:
    """Given to Qt as it is, a text with tags would become a page (``ui/core/tips.py``)."""
    bare = []
    for module, call, name in calls():
        if name in ("setToolTip", "showText"):
            shown = call.args[0 if name == "setToolTip" else 1]
            if not (isinstance(shown, ast.Call) and last_name(shown.func) == "tip"):
                bare.append(place(module, call))
    assert bare == []


CAPTIONS = ("addAction", "addMenu", "addTab", "setTabText", "QCheckBox", "QRadioButton", "QGroupBox", "QAction",
            "QPushButton", "QToolButton")  # fmt: skip
NO_NAMES = {
    "core/actions.py: made", "core/tableview.py: column.title", "grids/bar.py: action", "grids/bar.py: switch",
    "incidents/body.py: part", "incidents/body.py: text", "incidents/body.py: title", "incidents/queue.py: queue",
    "incidents/queue.py: say('incidents.queue.tab', name=name, open=found[queue])",
    "incidents/detail.py: self._tools.actions.get(id).title", "incidents/detail.py: words.result_name(result)",
    "imports/work_page.py: self._findings_title()", "records/papers_page.py: name",
}
"""Actions and keys, and words of the catalogues."""


def bare_captions(tree_calls: Any) -> list[str]:
    """Captions in which a stored name may stand that Qt would take a key from (``ui/core/captions.py``)."""
    found = []
    for module, call, name in tree_calls:
        if name in CAPTIONS and call.args and (len(call.args) > 1 or name != "setTabText"):
            text = call.args[1 if name == "setTabText" else 0]
            told = f"{module.removeprefix('ui/')}: {ast.unparse(text)}"
            if not (_is_fixed(text) or told in NO_NAMES):
                found.append(told)
    return found


def _is_fixed(text: ast.expr) -> bool:
    """Its own words, ``caption(…)``, a sentence without words from elsewhere, numbers in it; or a parent."""
    if isinstance(text, ast.JoinedStr):
        return all(_is_fixed(each.value) or each.format_spec is not None
                   for each in text.values if isinstance(each, ast.FormattedValue))  # fmt: skip
    if isinstance(text, ast.Call) and last_name(text.func) == "say":
        return all(isinstance(each.value, ast.JoinedStr) and _is_fixed(each.value) for each in text.keywords)
    is_constant = isinstance(text, ast.Constant) or (isinstance(text, ast.Name) and text.id.isupper())
    return is_constant or ast.unparse(text) in ("self", "parent") or (
        isinstance(text, ast.Call) and last_name(text.func) == "caption")  # fmt: skip


def test_captions_show_an_ampersand() -> None:
    assert bare_captions((module, call, name) for module, call, name in calls() if module.startswith("ui/")) == []


@pytest.mark.parametrize("line", ["menu.addAction(worker.name)", 'QCheckBox(f"{grid.name} {serial}")',
                                  'tabs.setTabText(0, say("sheet", name=page.sheet))'])  # fmt: skip
def test_a_bare_name_in_a_caption_would_be_found(line: str) -> None:
    call = ast.parse(line).body[0].value  # type: ignore[attr-defined]
    assert bare_captions([("ui/module.py", call, last_name(call.func))])


# --- names ----------------------------------------------------------------------------------------------------

_VIRTUAL = re.compile(
    r".*Event$|^(event|eventFilter|sizeHint|minimumSizeHint|heightForWidth|hasHeightForWidth|staticMetaObject"
    r"|data|setData|rowCount|columnCount|index|parent|flags|headerData|sort|mimeData|sibling|roleNames|removeRows"
    r"|paint|initStyleOption|displayText|createEditor|helpEvent|editorEvent|boundingRect|shape|drawRow|paintSection"
    r"|minimumSize|maximumSize|setGeometry|itemAt|takeAt|count|addItem|expandingDirections|sectionSizeFromContents"
    r"|keyboardSearch|moveCursor|selectionCommand|setSelection|visualRect|scrollTo|scrollContentsBy|viewportSizeHint"
    r"|focusNextPrevChild|inputMethodQuery|resizeEvent|changeEvent|validate|fixup|eventNotify|notify"
    r"|insertFromMimeData"
    r"|currentChanged|selectionChanged|dataChanged|rowsInserted|rowsAboutToBeRemoved|reset|supportedDropActions)$"
)
"""Methods that Qt expects to be overridden."""


def _qt_class(cls: type) -> type:
    return next(base for base in cls.__mro__ if base.__module__.startswith("PySide6"))


def ui_classes() -> list[type]:
    """Every class of the user interface that is a Qt object."""
    from PySide6.QtCore import QObject

    import commandcenter.ui

    found = []
    for module in pkgutil.walk_packages(commandcenter.ui.__path__, "commandcenter.ui."):
        for _, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if cls.__module__ == module.name and issubclass(cls, QObject):
                found.append(cls)
    return found


def _own_names(cls: type) -> set[str]:
    """Attributes and methods that a class gives its instances."""
    tree = trees()[cls.__module__.removeprefix("commandcenter.").replace(".", "/") + ".py"] if _is_file(cls) else None
    names = {name for name in vars(cls) if not name.startswith("_")}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
            for each in ast.walk(node):
                if (
                    isinstance(each, ast.Attribute)
                    and isinstance(each.ctx, ast.Store)
                    and last_name(each.value) == "self"
                ):
                    names.add(each.attr)
    return names


def _is_file(cls: type) -> bool:
    return cls.__module__.removeprefix("commandcenter.").replace(".", "/") + ".py" in trees()


def shadowed(cls: type) -> list[str]:
    """Names with which a class hides something of Qt that nobody expects to be overridden."""
    hidden = set(dir(_qt_class(cls)))
    for base in cls.__mro__:
        # A library's own class between ours and Qt has said that the name is to be overridden.
        if not base.__module__.startswith(("commandcenter", "PySide6", "Shiboken")):
            hidden -= set(vars(base))
    return sorted(name for name in _own_names(cls) if name in hidden and not _VIRTUAL.match(name))


def test_no_name_hides_one_of_qts_own() -> None:
    assert {f"{cls.__module__}.{cls.__qualname__}": found for cls in ui_classes() if (found := shadowed(cls))} == {}


# --- reads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", [Reader.__init__, ReadDoor.open, ChangeFeed.__init__])
def test_viewer_and_world_have_no_default(door: Any) -> None:
    parameters = inspect.signature(door).parameters
    for name in ("viewer", "world"):
        assert parameters[name].default is inspect.Parameter.empty


def test_every_reader_is_made_with_viewer_and_world() -> None:
    short = [place(module, call) for module, call, name in calls()
             if name == "Reader" and len(call.args) + len(call.keywords) != 3]  # fmt: skip
    doors = [place(module, call) for module, call, name in calls()
             if name == "open" and ast.unparse(call.func).endswith("reads.open")
             and len(call.args) + len(call.keywords) != 2]  # fmt: skip
    sessions = [place(module, call) for module, call, name in calls()
                if name == "read" and ast.unparse(call.func).endswith("session.read")
                and len(call.args) + len(call.keywords) != 1]  # fmt: skip
    assert (short, doors, sessions) == ([], [], [])


def test_the_machinery_sees_everything_only_where_it_must() -> None:
    """A reader as the machinery itself sees every value: these modules need it, no other."""
    known = {
        "services/databases.py", "services/due.py", "services/sample.py", "services/sample_season.py",
        "services/sample_attention.py", "services/sample_people.py", "services/sample_stores.py",
        "services/sample_training.py",
        "services/attachments.py",  # names and bytes of the files that a role sees which reads no free text elsewhere
        "services/edition_holding.py",  # digests of what would be printed now; who asks learns that it differs
        "services/sessions.py", "services/story.py",
        "rules/visibility.py",
    }  # fmt: skip
    found = {module for module, inside in nodes().items() for node in inside
             if isinstance(node, ast.Name) and node.id == "SYSTEM"}  # fmt: skip
    assert found <= known


# --- the rest -------------------------------------------------------------------------------------------------


def test_every_now_comes_from_the_clock() -> None:
    """The machine's time is asked for in few places, each of which means the machine."""
    known = {"base/clock.py", "storage/machinery.py", "storage/backup.py", "services/sample.py",
             "services/sample_making.py", "cli/databases.py"}  # fmt: skip
    asks = {"now", "utcnow", "today"}
    found = {place(module, call) for module, call, name in calls()
             if name in asks and last_name(getattr(call.func, "value", call.func)) in ("datetime", "date")
             and module not in known}  # fmt: skip
    assert found == set()


def test_there_is_no_unfinished_work() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    left = [path.name for path in sorted(PACKAGE.rglob("*.py")) if marks.search(path.read_text(encoding="utf-8"))]
    assert left == []
