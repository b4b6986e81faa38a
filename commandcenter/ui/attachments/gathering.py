"""What is dropped, pasted or chosen, as names and ways to read the bytes; nothing is read on the GUI thread."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage

from commandcenter.base.errors import BadInput
from commandcenter.rules.attachments import LARGEST
from commandcenter.ui.attachments.uploads import Read

Given = list[tuple[str, Read]]


def has_files(data: QMimeData) -> bool:
    """Whether files of this machine, or a picture, are in there."""
    return data.hasImage() or any(url.isLocalFile() for url in data.urls())


def gathered(data: QMimeData, picture_name: str) -> Given:
    """The files; else the picture (a screen shot), which is called ``picture_name``."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if paths:
        return from_paths(paths)
    image = QImage(data.imageData()) if data.hasImage() else QImage()
    return [] if image.isNull() else [(picture_name, partial(_as_png, image))]


def from_paths(paths: Iterable[Path]) -> Given:
    """Files by their paths."""
    return [(path.name, partial(_content, path)) for path in paths]


def _content(path: Path) -> bytes:
    """A file's bytes; its size is asked for before it is read."""
    try:
        if path.is_dir():
            raise BadInput("attachment.folder", name=path.name)
        size = path.stat().st_size
        if size > LARGEST:
            raise BadInput("attachment.large", megabytes=f"{size / 1024**2:.1f}", limit=LARGEST // 1024**2)
        if not path.is_file():
            raise BadInput("file.not_a_file", path=path.name)
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadInput("attachment.unreadable", name=path.name, reason=error.strerror or "") from error


def _as_png(image: QImage) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(kept.data())
