"""Files and functions stay readable."""

import ast

from tests.architecture.source import sources

FILE, FUNCTION = 500, 60
#: File -> why it is longer. A longer file becomes a folder of the same name.
LONG_FILES: dict[str, str] = {}
#: (file, function) -> why it is longer.
LONG_FUNCTIONS: dict[tuple[str, str], str] = {}


def test_files() -> None:
    found = {
        source.name: length
        for source in sources(tests=True)
        if (length := source.text.count("\n")) > FILE and source.name not in LONG_FILES
    }
    assert not found, f"longer than {FILE} lines: {found}"


def test_functions() -> None:
    found = []
    for source in sources():
        for node in ast.walk(source.tree):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION and (source.name, node.name) not in LONG_FUNCTIONS:
                found.append(f"{source.name}:{node.lineno}: {node.name} has {length} lines")
    assert not found, "\n".join(found)


def test_exceptions_are_still_needed() -> None:
    lengths = {source.name: source.text.count("\n") for source in sources(tests=True)}
    assert not [name for name in LONG_FILES if lengths.get(name, 0) <= FILE]


def test_docstrings() -> None:
    """Every module of ours and every public class and function of rules, queries, actions has one."""
    found = []
    for source in sources():
        if source.path.name in {"__init__.py", "apps.py"}:
            continue
        if not ast.get_docstring(source.tree):
            found.append(f"{source.name}: the module")
        if source.role not in {"rules", "queries", "actions"}:
            continue
        for node in source.tree.body:
            is_public = isinstance(
                node, (ast.FunctionDef, ast.ClassDef)
            ) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                found.append(f"{source.name}:{node.lineno}: {node.name}")
    assert not found, "without a docstring:\n" + "\n".join(found)
