"""Every table says what personal data it holds, stands in the glossary, and starts with community."""

import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

GLOSSARY = Path(__file__).parent.parent.parent / "docs" / "glossary.md"
OURS = [model for model in apps.get_models() if model.__module__.startswith("gridwell.")]
NAMES = {model: f"{model._meta.app_label}.{model.__name__}" for model in OURS}


def _codes() -> set[str]:
    """Return every code that has a row: the third column, one or more `names` in it."""
    codes: set[str] = set()
    for line in GLOSSARY.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5:
            codes.update(re.findall(r"`([^`]+)`", cells[2]))
    return codes


@pytest.mark.parametrize("model", OURS, ids=NAMES.values())
def test_docstring(model: type[models.Model]) -> None:
    words = inspect.getdoc(model) or ""
    first = words.partition("\n")[0]
    assert re.search(r"（[^）]+）|\([^)]*[\u4e00-\u9fff][^)]*\)", first), (
        "the Chinese term in brackets"
    )
    assert "Personal data:" in words


@pytest.mark.parametrize("model", OURS, ids=NAMES.values())
def test_glossary(model: type[models.Model]) -> None:
    assert NAMES[model] in _codes(), f"docs/glossary.md has no row for `{NAMES[model]}`"


def test_glossary_names_only_what_exists() -> None:
    known = set(NAMES.values())
    tables = {code for code in _codes() if re.fullmatch(r"[a-z]+\.[A-Z]\w+", code)}
    assert not tables - known


@pytest.mark.parametrize("model", OURS, ids=NAMES.values())
def test_unique_constraints_start_with_the_community(model: type[models.Model]) -> None:
    fields = {field.name for field in model._meta.get_fields() if isinstance(field, models.Field)}
    if "community" not in fields or model._meta.get_field("community").primary_key:
        return
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert constraint.fields[:1] == ("community",), constraint.name
    alone = [
        field.name
        for field in model._meta.local_fields
        if field.unique and not field.primary_key and model._meta.label != "core.Job"
    ]
    assert not alone, f"unique across communities: {alone}"


@pytest.mark.parametrize("model", OURS, ids=NAMES.values())
def test_relations_stay_inside_the_community(model: type[models.Model]) -> None:
    """A relation between two tables of a community carries `community` in its join."""
    from gridwell.core.fields import CommunityForeignKey

    def has_community(table: type[models.Model]) -> bool:
        return any(field.name == "community" for field in table._meta.local_fields)

    if not has_community(model):
        return
    wrong = [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and field.name != "community"
        and has_community(field.related_model)
        and not isinstance(field, CommunityForeignKey)
    ]
    assert not wrong
