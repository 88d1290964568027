"""The project's own code as syntax trees, for the tests of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECT = ROOT / "gridwell"
PRIVATE = frozenset({"views", "forms", "api", "urls", "jobs", "commands"})


@dataclass(frozen=True)
class Source:
    """One Python file of the project."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Return its path from the root, as people write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        """Return the package of ours it belongs to; "" for the files at the top."""
        parts = self.path.relative_to(PROJECT).parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def role(self) -> str:
        """Return what it is inside its package: "actions", "views", "rules" …"""
        parts = self.path.relative_to(PROJECT).with_suffix("").parts
        return parts[1] if len(parts) > 1 else parts[0]


@cache
def sources(*, tests: bool = False, migrations: bool = False) -> tuple[Source, ...]:
    """Return all files of the project, without tests and migrations unless asked for."""
    found = []
    for path in sorted(PROJECT.rglob("*.py")):
        parts = path.relative_to(PROJECT).parts
        if ("tests" in parts and not tests) or ("migrations" in parts and not migrations):
            continue
        text = path.read_text("utf-8")
        found.append(Source(path, text, ast.parse(text, str(path))))
    return tuple(found)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Return every call below a node."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """Return "a.b.c" of a chain of names; calls and subscripts in between show as "()"."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    if isinstance(node, ast.Subscript):
        return f"{dotted(node.value)}[]"
    if isinstance(node, ast.Await):
        return dotted(node.value)
    return "?"


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return (line, dotted name) of everything that is imported, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
