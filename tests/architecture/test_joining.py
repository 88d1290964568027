"""Items stand side by side in the language of the page, so only one place knows the signs."""

import re

import pytest

from gridwell.core.joining import joined
from tests.architecture.source import PROJECT, ROOT

#: Chinese data, not words of a page: cells and remarks of ledgers, names of places and ranges.
DATA = {
    "ledgers/actions/facts.py": "the remark of a household, kept as its ledger has it",
    "ledgers/views/shown.py": "the remark of a ledger's row, a column each",
    "command/picking.py": "a range's name, kept with its zone: 金桂苑1号楼、2号楼",
    "command/queries/desk_page.py": "the name of a place as a notice prints it",
}
PYTHON = re.compile(r"""["'][、；，]["']\s*\.join\(""")
TEMPLATE = re.compile(r"""join:["'][、；，,]|forloop\.last %\}\s*[、，；,]""")
SCRIPT = re.compile(r"""join\(["'`][、；，]""")


def _found(pattern: re.Pattern[str], names: str, root: str = "") -> list[str]:
    found = []
    for path in sorted((ROOT / root if root else PROJECT).rglob(names)):
        short = path.relative_to(ROOT if root else PROJECT).as_posix()
        if "/tests/" in short or "/rules/" in short or "node_modules" in short or short in DATA:
            continue
        text = path.read_text("utf-8")
        found += [
            f"{short}:{text.count(chr(10), 0, m.start()) + 1}" for m in pattern.finditer(text)
        ]
    return found


def test_python_joins_in_the_readers_language() -> None:
    assert not _found(PYTHON, "*.py"), "use core.joining.joined"


def test_templates_join_in_the_readers_language() -> None:
    assert not _found(TEMPLATE, "*.html"), "use the filter joined or the tag between"


def test_scripts_join_in_the_readers_language() -> None:
    assert not _found(SCRIPT, "*.ts", "frontend/src"), "use core/words.ts"


def test_each_exception_still_joins_by_itself() -> None:
    idle = [name for name in DATA if not PYTHON.search((PROJECT / name).read_text("utf-8"))]
    assert not idle


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "张三、李四"), ("en", "张三, 李四")])
def test_the_sign_follows_the_language(language: str, text: str) -> None:
    from django.utils import translation

    with translation.override(language):
        assert joined(["张三", "", "李四"]) == text
        assert joined([]) == ""
