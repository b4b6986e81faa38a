"""The program's source as syntax trees, for the tests of the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "commandcenter"


@cache
def trees() -> dict[str, ast.Module]:
    """Every module by its path below the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def nodes() -> dict[str, tuple[ast.AST, ...]]:
    """Everything in each module, by its path: a dozen tests look through it."""
    return {name: tuple(ast.walk(tree)) for name, tree in trees().items()}


@cache
def calls() -> tuple[tuple[str, ast.Call, str], ...]:
    """Every call: the module, the call, and the last part of what is called."""
    return tuple(
        (name, node, last_name(node.func))
        for name, found in nodes().items() for node in found if isinstance(node, ast.Call)
    )  # fmt: skip


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c``; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def words_in(node: ast.expr) -> Iterator[str]:
    """Every piece of literal text in an expression that makes text (not in calls within it)."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from words_in(part)
    elif isinstance(node, ast.BinOp):
        yield from words_in(node.left)
        yield from words_in(node.right)
    elif isinstance(node, ast.IfExp):
        yield from words_in(node.body)
        yield from words_in(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from words_in(each)


def place(module: str, node: ast.AST) -> str:
    """Where something stands, to be read in a failure."""
    return f"{module}:{getattr(node, 'lineno', 0)}"


def calls_and_targets(path: Path) -> set[str]:
    """Everything that a module assigns to or calls, as written."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign):
            found |= {ast.unparse(each.value if isinstance(each, ast.Subscript) else each) for each in node.targets}
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found
