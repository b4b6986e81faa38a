"""The machinery's records as rows to list: commands, change log, seals."""

from collections.abc import Mapping
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.storage.reads import Reader

KINDS = ("command", "change_log", "seal")


def rows(reader: Reader, kind: str, where: Mapping[str, str], limit: int | None) -> list[dict[str, Any]]:
    """Rows of a record, oldest first; ``where`` compares columns as text. BadInput for an unknown column."""
    try:
        return reader.records(kind, where, limit)
    except KeyError as missing:
        raise BadInput("cli.where_field", field=str(missing.args[0]), known="") from None
