"""Migrations are named, complete, and import nothing of ours but what fields need."""

import ast
import io
import re

import pytest
from django.core.management import call_command

from tests.architecture.source import Source, dotted, imported, sources

MIGRATIONS = [
    source
    for source in sources(migrations=True)
    if "migrations" in source.path.parts and source.path.name != "__init__.py"
]
#: Modules whose fields, defaults and managers Django writes into migrations by name.
MAY_IMPORT = re.compile(r"gridwell\.(core\.(fields|ids)|[a-z]+\.models)(\.|$)")


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: migration.name)
def test_named(migration: Source) -> None:
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+\.py", migration.path.name)
    assert not re.search(r"_auto_|_initial\b|_alter_\w+_and_more", migration.path.name)


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: migration.name)
def test_imports_nothing_of_ours(migration: Source) -> None:
    wrong = [
        name
        for _, name in imported(migration.tree)
        if name.startswith("gridwell") and not MAY_IMPORT.match(name)
    ]
    used = {
        dotted(node)
        for node in ast.walk(migration.tree)
        if isinstance(node, ast.Attribute) and dotted(node).startswith("gridwell.")
    }
    wrong += [name for name in used if name.count(".") >= 3 and not MAY_IMPORT.match(name)]
    assert not wrong


@pytest.mark.django_db
def test_none_is_missing() -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said)
    except SystemExit:
        pytest.fail(f"models and migrations differ:\n{said.getvalue()}")
