"""The part of a card that shows the files beside its subject, takes new ones, and hands them out."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.attachments import ENDINGS, may_attach, may_see, world_of_files
from commandcenter.services.attachments import ExportAttachment, RemoveAttachment, attached_to, content_of
from commandcenter.services.live import LiveChange
from commandcenter.services.wording import stamp
from commandcenter.ui.attachments.gathering import Given, from_paths, gathered, has_files
from commandcenter.ui.attachments.naming import NamingSheet
from commandcenter.ui.attachments.rows import FileRow, Found, kept_row, upload_row
from commandcenter.ui.attachments.tiles import EMPTY, EMPTY_LOOKING, FileList
from commandcenter.ui.attachments.uploads import uploads_of
from commandcenter.ui.core import theme
from commandcenter.ui.core.handout import HandOut, documents, name_parts
from commandcenter.ui.core.sent import sent_of
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, failed
from commandcenter.ui.core.widgets import Button, Label

SCOPE, HOST_SCOPE = "attachments", "attachments.host"
_ATTACHED = "attachments_keys"
_ROW_ACTIONS = ("attachment.open", "attachment.save", "attachment.edit", "attachment.remove")
_ALL_ACTIONS = ("attachment.add", "attachment.paste", *_ROW_ACTIONS)


class AttachmentSection(QWidget):
    """The files of one subject.

    Signals: ``headline(text)`` when the number of files changed; ``wanted()`` when somebody drops or pastes, so that
    whoever hides this section shows it.
    """

    headline = Signal(str)
    wanted = Signal()

    def __init__(self, tools: Tools, kind: str, subject: Any) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.subject = (kind, str(subject.id))
        self._found = Found((), {})
        self._host: QWidget = self
        self._uploads = uploads_of(tools)
        self._hands = HandOut(tools, self)
        self.setObjectName("attachments.section")
        self.list = FileList()
        self.naming = NamingSheet(tools, self)
        self._build()
        self._connect()
        self.list.set_state(LOADING)
        self._show_role()
        self.refresh()

    def _build(self) -> None:
        look = theme.current()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(self.naming)
        self.list.setMinimumHeight(look.px(64))
        # The form asks for its height only while it is shown; the queue above has better use for it.
        self.naming.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.hidden_note = Label("attachments.hidden", "muted")
        self.hidden_note.setWordWrap(True)
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(look.px(12), look.px(6), look.px(8), 0)
        row.setSpacing(look.px(4))
        self.buttons = {id: self._button(id) for id in _ALL_ACTIONS}
        for id in _ALL_ACTIONS:
            if id == "attachment.open":
                row.addStretch(1)
            row.addWidget(self.buttons[id])
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.pages, 1)
        lines.addWidget(self.hidden_note)
        lines.addWidget(self.foot)
        self.hidden_note.setContentsMargins(look.px(12), look.px(6), look.px(12), 0)
        self.setFocusProxy(self.list)

    def _button(self, id: str) -> Button:
        """Adding has words, the rest only an icon that says its name and key when pointed at."""
        action = self._tools.actions.get(id)
        with_words = id == "attachment.add"
        made = Button(action.title_code if with_words else "", kind="secondary" if with_words else "quiet",
                      icon=action.icon, key=action.key if with_words else "")  # fmt: skip
        made.setObjectName(id)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if not with_words:
            made.setAccessibleName(action.title)
            made.setToolTip(tip(f"{action.title}  {action.key}"))
        made.clicked.connect(self._pressed)
        return made

    def _connect(self) -> None:
        self._desk.live_changed.connect(self._live_changed)
        self._desk.officer_changed.connect(self._officer_changed)
        self._desk.connection_changed.connect(self._connection_changed)
        self._uploads.changed.connect(self._show)
        self._tools.actions.attach(self.list, SCOPE)
        self.list.picked.connect(self._show_buttons)
        self.list.opened.connect(self._open_row)
        self.list.installEventFilter(self)
        self.naming.left.connect(self._naming_left)

    def serve(self, host: QWidget) -> None:
        """Take what is dropped or pasted anywhere on ``host``, the card that holds this section."""
        self._host = host
        if isinstance(host, QScrollArea):
            # In a card that scrolls the list has the height it is given.
            self.list.setMinimumHeight(theme.current().px(190))
        host.setAcceptDrops(True)
        host.installEventFilter(self)
        if not host.property(_ATTACHED):
            host.setProperty(_ATTACHED, True)
            self._tools.actions.attach(host, HOST_SCOPE)
        self._tell_number()

    # --- showing -------------------------------------------------------------------------------------------------

    @property
    def is_at_hand(self) -> bool:
        """Whether the card that this section belongs to is in sight."""
        return self._host.isVisible()

    @property
    def may_add(self) -> bool:
        """Whether this officer puts files beside this subject."""
        return may_attach(self._desk.officer.role, self.subject[0])

    def chosen(self) -> FileRow | None:
        """The row under the cursor."""
        id = self.list.chosen()
        return self.list.table.row(id) if id else None

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.attachments:
            self.refresh()

    @Slot()
    def _officer_changed(self) -> None:
        self._show_role()
        self.refresh()

    @Slot()
    def _connection_changed(self) -> None:
        if not self._desk.is_stale:
            self.refresh()

    def _show_role(self) -> None:
        """Buttons for those who may, a sentence for those who may only know that there is a file."""
        role = self._desk.officer.role
        sees = may_see(role, self.subject[0])
        self.hidden_note.setVisible(not sees)
        self.foot.setVisible(sees or self.may_add)
        for id, button in self.buttons.items():
            hidden = not sees if id in ("attachment.open", "attachment.save") else not self.may_add
            button.setVisible(not hidden)
        self.list.set_empty(EMPTY if self.may_add else EMPTY_LOOKING)

    @Slot()
    def refresh(self) -> None:
        """Ask the database again."""
        world = world_of_files(self.subject[0], self._desk.world)
        self._desk.read(
            partial(_ask, self.subject), done=self._take, failed=self._not_read, owner=self, key="files", world=world
        )

    def _take(self, found: Found) -> None:
        self._found = found
        self.list.set_state(READY)
        self._show()

    def _not_read(self, error: BaseException) -> None:
        """What is on screen stays, marked as doubtful."""
        if not isinstance(error, CommandCenterError):
            raise error
        self.list.set_state(failed(error))

    @Slot()
    def _show(self) -> None:
        live, now = self._desk.live, self._desk.now()
        rows = [upload_row(each) for each in self._uploads.beside(self.subject)]
        rows += [kept_row(each, live, now) for each in self._found.files]
        self.list.show_rows(rows, self._found.pictures)
        self._tell_number()
        self._show_buttons()

    def _tell_number(self) -> None:
        count = len(self._found.files)
        self.headline.emit(say("attachments.title.count", number=count) if count else say("attachments.title"))

    @Slot()
    def _show_buttons(self) -> None:
        for id, button in self.buttons.items():
            button.setEnabled(id not in _ROW_ACTIONS or self.row_allows(id))

    def row_allows(self, id: str) -> bool:
        """Whether the row under the cursor can be opened, saved, named or removed (by the action's id)."""
        row = self.chosen()
        if row is None:
            return False
        if id == "attachment.remove":
            return row.state in ("kept", "erased", "waiting", "under_way")
        return row.state == "kept" or (row.state == "waiting" and id == "attachment.open")

    # --- coming in -----------------------------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask for files."""
        endings = " ".join(f"*{ending}" for fitting in ENDINGS.values() for ending in fitting)
        dialog = QFileDialog(self.window(), say("attachments.choose"), str(documents()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        name_parts(dialog)
        dialog.setNameFilters([
            say("attachments.filter.taken", endings=f"{endings} *.gif *.bmp"), say("attachments.filter.all"),
        ])  # fmt: skip
        dialog.filesSelected.connect(self._files_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(list)
    def _files_chosen(self, names: list[str]) -> None:
        self.take(from_paths(Path(name) for name in names))

    def paste(self) -> None:
        """Take the files or the picture of the clipboard."""
        given = self._gathered(QGuiApplication.clipboard().mimeData())
        if given:
            self.take(given)
        else:
            self._tools.notices.info(say("attachments.paste.nothing"))

    def _gathered(self, data: QMimeData | None) -> Given:
        zone = self._desk.live.town.zone if self._desk.live.town else None
        name = say("attachments.pasted", stamp=stamp(self._desk.now(), zone))
        return gathered(data, f"{name}.png") if data is not None else []

    def take(self, given: Given) -> None:
        """Begin to put files beside the subject."""
        if given and self.may_add:
            self.wanted.emit()
            self._uploads.add(self.subject, given)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: drops on the whole card; the menu of a row; its keys, which mean something else in the room around it
        (E, Del), where two shortcuts for one key would silence each other."""
        kind = event.type()
        if watched is self.list and isinstance(event, QKeyEvent) and (id := self._row_key(event)) is not None:
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()
            elif kind == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self._tools.actions.ask(id)
            return True
        if watched is self.list and kind == QEvent.Type.ContextMenu and isinstance(event, QContextMenuEvent):
            self._show_menu(event.globalPos())
            return True
        drops = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if watched is self._host and kind in drops and isinstance(event, QDropEvent):
            return self._dropped(event)
        return super().eventFilter(watched, event)

    def _row_key(self, event: QKeyEvent) -> str | None:
        """The action of a row (its id) that a key means."""
        pressed = QKeySequence(event.keyCombination())
        return next((id for id in _ROW_ACTIONS if pressed in self._tools.actions.get(id).sequences), None)

    def _dropped(self, event: QDropEvent) -> bool:
        if not self.may_add or not has_files(event.mimeData()):
            return False
        if event.type() == QEvent.Type.DragEnter:
            self.wanted.emit()
        if event.type() == QEvent.Type.Drop:
            self.take(self._gathered(event.mimeData()))
        # A copy, so that no file manager takes the original away.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    # --- going out -----------------------------------------------------------------------------------------------

    @Slot(str)
    def _open_row(self, _id: str) -> None:
        self._tools.actions.trigger("attachment.open")

    def open(self) -> None:
        """Show the file under the cursor with the desktop's own program; a waiting one is sent again."""
        row = self.chosen()
        if row is not None and row.state == "waiting":
            self._uploads.retry(row.id)
        elif row is not None and row.state == "kept":
            self._logged(row, partial(self._hands.open, self._fetch(row)))

    def save(self) -> None:
        """Write the file under the cursor where the officer says."""
        row = self.chosen()
        if row is not None and row.state == "kept":
            self._logged(row, partial(self._hands.save, row.own_name, self._fetch(row), self.window()))

    def _logged(self, row: FileRow, then: Callable[[], None]) -> None:
        """The log is written first; without it nothing leaves the program."""
        self._desk.send(
            ExportAttachment(attachment=row.id), owner=self, done=lambda _: then(),
            failed=self._tools.notices.show_error,
        )  # fmt: skip

    def _fetch(self, row: FileRow) -> Callable[[], tuple[str, bytes]]:
        session, world = self._desk.session, world_of_files(self.subject[0], self._desk.world)

        def fetch() -> tuple[str, bytes]:
            with session.read(world) as reader:
                attachment, content = content_of(reader, row.id)
            return attachment.name or row.name, content

        return fetch

    # --- changing ------------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """Name the file under the cursor, or write a note to it."""
        row = self.chosen()
        if row is not None and row.state == "kept" and self.may_add:
            self.naming.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            self.naming.begin(row)
            self.pages.setCurrentWidget(self.naming)
            self.foot.hide()

    @Slot()
    def _naming_left(self) -> None:
        self.pages.setCurrentWidget(self.list)
        self.naming.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._show_role()
        self.list.setFocus()

    def remove(self) -> None:
        """Take the file under the cursor away; one that is still under way is given up."""
        row = self.chosen()
        if row is None or not self.may_add:
            return
        if row.state in ("under_way", "waiting"):
            self._uploads.cancel(row.id)
            return
        self._desk.send(
            RemoveAttachment(attachment=row.id), owner=self, done=partial(self._removed, row.name),
            failed=self._tools.notices.show_error,
        )  # fmt: skip

    def _removed(self, name: str, outcome: Any) -> None:
        words = say("attachments.done.removed", name=name)
        sent = sent_of(self._desk)
        sent.remember(outcome, words)
        undo = partial(sent.undo, self._undone, self._tools.notices.show_error, outcome.command)
        self._tools.notices.done(words, undo=undo)

    def _undone(self, what: str) -> None:
        self._tools.notices.done(say("attachments.undone", what=what))

    # --- keys ----------------------------------------------------------------------------------------------------

    @Slot()
    def _pressed(self) -> None:
        self._tools.actions.trigger(self.sender().objectName())

    def _show_menu(self, at: QPoint) -> None:
        menu = self._tools.actions.menu(_ROW_ACTIONS, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)


def _ask(subject: tuple[str, str], reader: Any) -> Found:
    """On the read lane; the small pictures are decoded here too."""
    files = attached_to(reader, *subject)
    pictures = {each.attachment.blob: QImage.fromData(each.thumbnail) for each in files if each.thumbnail}
    return Found(tuple(files), pictures)
