"""Only actions write, private files stay private, one clock, no SQL made of pieces."""

import ast
import re

from tests.architecture.source import PRIVATE, Source, calls, dotted, imported, sources

MANAGERS = re.compile(r"\b(objects|_base_manager|_default_manager|\w+_set)\b")
NARROWED = re.compile(r"\.(filter|exclude|all|select_for_update|known|holding|overlapping)\(\)")
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
#: (file, what is called) -> why it may write without being an action.
MAY_WRITE = {
    ("gridwell/core/rotation.py", "model._base_manager.bulk_update"): (
        "rewrites stored bytes under a new key; no fact changes"
    ),
}


def _is_write(call: ast.Call) -> bool:
    if dotted(call.func).rpartition(".")[2] == "insert_rows":
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, dotted(call.func.value)
    through_manager = bool(MANAGERS.search(receiver) or NARROWED.search(receiver))
    keywords = {keyword.arg for keyword in call.keywords}
    if name in ALWAYS:
        return True
    if name == "create":
        return through_manager
    if name == "save":
        return not call.args and (
            not keywords or bool(keywords & {"update_fields", "force_insert"})
        )
    if name == "update":
        # A dictionary is updated by position or by **; rows are updated by keywords.
        return through_manager or (bool(keywords - {None}) and not call.args)
    if name == "delete":
        return not call.args and not keywords
    return False


def _may_write(source: Source) -> bool:
    return source.role in {"actions", "rules"}  # rules know no tables: `update` is a dictionary's


def test_only_actions_write() -> None:
    found = []
    for source in sources():
        if _may_write(source):
            continue
        for call in calls(source.tree):
            if _is_write(call) and (source.name, dotted(call.func)) not in MAY_WRITE:
                found.append(f"{source.name}:{call.lineno}: {dotted(call.func)}")
    assert not found, "writes outside actions:\n" + "\n".join(found)


def test_the_finder_of_writes_finds_them() -> None:
    writes = (
        "Row.objects.create(a=1)",
        "Row.objects.filter(pk=1).update(a=1)",
        "row.save()",
        "row.save(update_fields=['a'])",
        "rows.delete()",
        "rows.update(a=1)",
        "post.deputies.all().delete()",
        "insert_rows(Row, names, rows)",
        "Row.objects.bulk_create(rows)",
    )
    harmless = (
        "known.update(other)",
        "digest.update(data)",
        "book.save(path)",
        "cache.delete(key)",
        "Form.create()",
    )
    for text in writes:
        assert any(map(_is_write, calls(ast.parse(text)))), text
    for text in harmless:
        assert not any(map(_is_write, calls(ast.parse(text)))), text


def test_private_files_stay_private() -> None:
    found = []
    for source in sources():
        for line, name in imported(source.tree):
            parts = name.split(".")
            if parts[0] != "gridwell" or len(parts) < 3 or parts[2] not in PRIVATE:
                continue
            if parts[1] != source.package:
                found.append(f"{source.name}:{line}: {name}")
    assert not found, "private files of another package:\n" + "\n".join(found)


CLOCKS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate|localtime)"
    r"|time\.(time|localtime|strftime))$"
)
#: Files that may ask the machine, and why.
MAY_ASK_THE_TIME = {
    "gridwell/core/clock.py": "is the clock",
    "gridwell/core/ids.py": "time.time_ns only orders identifiers",
    "gridwell/core/sidechannel.py": "the age of a heart-beat must not follow the demo's clock",
}


def test_one_clock() -> None:
    found = [
        f"{source.name}:{call.lineno}: {dotted(call.func)}"
        for source in sources()
        if source.name not in MAY_ASK_THE_TIME
        for call in calls(source.tree)
        if CLOCKS.search(dotted(call.func))
    ]
    assert not found, "the time comes from core.clock:\n" + "\n".join(found)


def _is_pieced(node: ast.AST) -> bool:
    """Whether a text is put together at run time."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return not (isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant))
    return isinstance(node, ast.Call) and dotted(node.func).endswith(".format")


#: (file, function) -> why its SQL is put together, and that no value of a person gets into it.
MAY_PIECE_SQL: dict[tuple[str, str], str] = {
    ("gridwell/core/bulk.py", "insert_rows"): (
        "names of tables and columns come from the models, values are parameters"
    ),
    ("gridwell/core/bulk.py", "update_rows"): (
        "names of tables, columns and types come from the models, values are parameters"
    ),
    ("gridwell/health/actions/tubes.py", "_of_part"): (
        "names of tables come from the models, the number of marks from the tubes, values are parameters"
    ),
    ("gridwell/core/backup.py", "_put_postgres"): (
        "the name of a schema is no parameter; it is made here and quoted"
    ),
}


def test_no_sql_made_of_pieces() -> None:
    found = []
    for source in sources():
        for function in ast.walk(source.tree):
            if not isinstance(function, (ast.FunctionDef, ast.Module)):
                continue
            for call in calls(function):
                name = dotted(call.func)
                is_sql = name.rpartition(".")[2] in {"execute", "executemany", "raw", "RawSQL"}
                if not (is_sql and call.args and _is_pieced(call.args[0])):
                    continue
                key = (source.name, getattr(function, "name", ""))
                if isinstance(function, ast.FunctionDef) and key not in MAY_PIECE_SQL:
                    found.append(f"{source.name}:{call.lineno}: {name} in {function.name}")
    assert not found, "SQL made of pieces:\n" + "\n".join(sorted(set(found)))


def test_rules_know_no_django() -> None:
    """The import contract follows indirect imports too; this one names the line."""
    pure = {"core/clock.py", "core/errors.py", "core/ids.py"}
    found = [
        f"{source.name}:{line}: {name}"
        for source in sources()
        if source.role == "rules" or source.name.removeprefix("gridwell/") in pure
        for line, name in imported(source.tree)
        if name.partition(".")[0] in {"django", "allauth", "csp"}
    ]
    assert not found, "\n".join(found)


def test_no_signals_and_no_save_of_our_own() -> None:
    found = []
    for source in sources():
        for line, name in imported(source.tree):
            if name.startswith(("django.db.models.signals", "django.dispatch")):
                found.append(f"{source.name}:{line}: {name}")
        if source.role != "models":
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
                found.append(f"{source.name}:{node.lineno}: {node.name}()")
    assert not found, "\n".join(found)


#: Where texts of a request turn into numbers.
READS_REQUESTS = {"views", "forms", "api", "middleware", "queries"}
DIGIT_TESTS = {"isdigit", "isdecimal", "isnumeric"}


def _digit_tests(tree: ast.AST) -> list[int]:
    return [call.lineno for call in calls(tree) if _last(call) in DIGIT_TESTS]


def _last(call: ast.Call) -> str:
    return dotted(call.func).rpartition(".")[2]


def test_numbers_of_a_request_come_from_one_place() -> None:
    """ "²".isdigit() is true and int("²") raises: `core.numbers.whole_number` reads numbers."""
    found = [
        f"{source.name}:{line}"
        for source in sources()
        if source.role in READS_REQUESTS
        for line in _digit_tests(source.tree)
    ]
    assert not found, "read with core.numbers.whole_number:\n" + "\n".join(found)
    assert _digit_tests(ast.parse("pk = int(text) if text.isdigit() else 0")) == [1]
