"""Every refusal has words, every message a Chinese wording, and the placeholders agree."""

import ast
import importlib.util
import os
import re
import shutil
from pathlib import Path
from types import ModuleType

import polib
import pytest

from gridwell.core import wording
from tests.architecture.source import ROOT, calls, dotted, sources

CATALOGUE = ROOT / "gridwell/locale/zh_Hans/LC_MESSAGES/django.po"
CODE = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*")
NAMED = re.compile(r"%\((\w+)\)[sdrf]")
#: What a script of the page fills in.
BRACED = re.compile(r"(?<!%)\{(\w+)\}")
#: A number and its counting word stand together: 3人, never 3 人.
COUNTED_APART = re.compile(r"(?:%\(\w+\)[sdf]|\{\w+\}) [人户条份次支栋项轮张台]")


def _raised() -> dict[str, str]:
    """Return every refusal code that is raised: code -> where."""
    found: dict[str, str] = {}
    for source in sources():
        for call in calls(source.tree):
            name = dotted(call.func).rpartition(".")[2]
            if name not in {"RuleBroken", "UnreadableFile"} or not call.args:
                continue
            code = call.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                found[code.value] = f"{source.name}:{call.lineno}"
    return found


def test_every_refusal_has_words() -> None:
    missing = {code: where for code, where in _raised().items() if code not in wording.worded()}
    assert not missing, "\n".join(f"{where}: {code}" for code, where in sorted(missing.items()))


def test_codes_are_written_alike() -> None:
    assert not [code for code in _raised() if not CODE.fullmatch(code)]


def test_the_words_use_only_facts_that_are_given() -> None:
    wrong = []
    for source in sources():
        for call in calls(source.tree):
            if dotted(call.func).rpartition(".")[2] not in {"RuleBroken", "UnreadableFile"}:
                continue
            if not call.args or any(keyword.arg is None for keyword in call.keywords):
                continue
            code = getattr(call.args[0], "value", None)
            words = wording._WORDS.get(code) if isinstance(code, str) else None
            if words is None:
                continue
            given = {keyword.arg for keyword in call.keywords}
            lacking = set(NAMED.findall(str(words))) - given
            if lacking:
                wrong.append(f"{source.name}:{call.lineno}: {code} lacks {sorted(lacking)}")
    assert not wrong, "\n".join(wrong)


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


@pytest.mark.skipif(
    shutil.which("xgettext") is None and os.environ.get("CI") != "true",
    reason="gettext is not on this machine",
)
def test_every_message_has_a_chinese_wording(catalogue: polib.POFile) -> None:
    known = {(e.msgctxt, e.msgid): e for e in catalogue if e.translated()}
    missing = [
        entry.msgid
        for entry in _tool().collect()
        if entry.msgid and (entry.msgctxt, entry.msgid) not in known
    ]
    assert not missing, f"{len(missing)} without a wording:\n" + "\n".join(sorted(missing))


def test_nothing_is_fuzzy(catalogue: polib.POFile) -> None:
    assert not [entry.msgid for entry in catalogue.fuzzy_entries()]


def test_placeholders_agree(catalogue: polib.POFile) -> None:
    wrong = []
    for entry in catalogue:
        wordings = [entry.msgstr, *entry.msgstr_plural.values()]
        expected = set(NAMED.findall(entry.msgid + entry.msgid_plural))
        wrong += [
            f"{entry.msgid!r}: {words!r}"
            for words in wordings
            if words and not set(NAMED.findall(words)) <= expected
        ]
        if wordings[0] and set(NAMED.findall(entry.msgid)) - set(NAMED.findall(wordings[0])):
            wrong.append(f"{entry.msgid!r} loses a fact in {wordings[0]!r}")
    assert not wrong, "\n".join(wrong)


def test_what_scripts_fill_in_agrees(catalogue: polib.POFile) -> None:
    wrong = [
        entry.msgid
        for entry in catalogue
        for words in [entry.msgstr, *entry.msgstr_plural.values()]
        if words and set(BRACED.findall(words)) != set(BRACED.findall(entry.msgid))
    ]
    assert not wrong, "\n".join(wrong)


def test_a_number_and_its_counting_word_stand_together(catalogue: polib.POFile) -> None:
    apart = [
        words
        for entry in catalogue
        for words in [entry.msgstr, *entry.msgstr_plural.values()]
        if COUNTED_APART.search(words)
    ]
    assert not apart, "\n".join(apart)


def test_the_compiled_catalogue_is_not_in_git() -> None:
    assert "*.mo" in Path(ROOT / ".gitignore").read_text("utf-8").splitlines()
