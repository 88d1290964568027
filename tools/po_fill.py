"""Merge Chinese wordings into the project's catalogue: python tools/po_fill.py FILE.json

The file holds {msgid: msgstr}; for a message with context {"context\\u0004msgid": msgstr}; for one
with a plural {msgid: [plural msgid, msgstr]}. New messages are added, others are overwritten.
Entries are kept sorted, so that two people's work merges.
"""

import fcntl
import json
import sys
from pathlib import Path

import polib

CATALOGUE = Path(__file__).parent.parent / "gridwell/locale/zh_Hans/LC_MESSAGES/django.po"


def fill(words: dict[str, str | list[str]]) -> int:
    """Write the wordings into the catalogue; return how many entries changed."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        po = polib.pofile(str(CATALOGUE), wrapwidth=100) if CATALOGUE.exists() else polib.POFile()
        po.metadata = {
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Language": "zh_Hans",
            "MIME-Version": "1.0",
            "Plural-Forms": "nplurals=1; plural=0;",
        }
        known = {(entry.msgctxt, entry.msgid): entry for entry in po}
        changed = 0
        for key, wording in words.items():
            context, _, msgid = key.rpartition("\u0004")
            entry = known.get((context or None, msgid))
            if entry is None:
                entry = polib.POEntry(msgid=msgid, msgctxt=context or None)
                po.append(entry)
            if isinstance(wording, list):
                entry.msgid_plural, wording = wording
                entry.msgstr = ""
            if entry.msgid_plural:
                before, entry.msgstr_plural = entry.msgstr_plural, {0: wording}
                changed += before != entry.msgstr_plural
            else:
                changed += entry.msgstr != wording
                entry.msgstr = wording
            entry.flags = [
                flag for flag in entry.flags if flag not in {"fuzzy", "python-format"}
            ] + (["python-format"] if "%(" in msgid else [])
        po.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        po.wrapwidth = 100
        po.save(str(CATALOGUE))
        po.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    CATALOGUE.with_suffix(".lock").unlink(missing_ok=True)
    return changed


if __name__ == "__main__":
    total = sum(fill(json.loads(Path(name).read_text("utf-8"))) for name in sys.argv[1:])
    print(f"{total} entries changed")
