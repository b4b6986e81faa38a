"""One of many values as a single parameter, which each engine has in a way of its own.

``IN`` with a parameter for each value makes another statement of every number of values, which driver and database
must read anew.
"""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, select

from commandcenter.storage.types import JsonText


def among(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether ``column`` is one of the list that is given as parameter ``name``."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(select(func.json_each(bindparam(name, type_=JsonText())).table_valued("value").c.value))
