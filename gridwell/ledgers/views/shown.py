"""How findings of an import are shown: words, figures, rows of tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridwell.accounts.rules.actor import Actor
from gridwell.core.components import Figure, Mark, Step
from gridwell.core.errors import UnreadableFile
from gridwell.core.joining import joined
from gridwell.core.numbers import whole_number
from gridwell.core.tables import SheetPlan
from gridwell.core.tables.write import xlsx_bytes
from gridwell.core.wording import say
from gridwell.ledgers import labels
from gridwell.ledgers.actions.layouts import counted, watermark
from gridwell.ledgers.models import DuplicateAnswer, LedgerImport
from gridwell.ledgers.queries.imports import Findings
from gridwell.ledgers.targets import flaw_words
from gridwell.residents.labels import GUESTS, MEMBERSHIP_KINDS, SEX, TENURE, TRAIT_VALUES, TRAITS
from gridwell.residents.models import Label, Resident
from gridwell.residents.rules.masking import mask_document, mask_phone


def _url(name: str, row: LedgerImport, **more: Any) -> str:
    return reverse(name, kwargs={"area": row.community_id, "ledger": row.pk, **more})


def figures(row: LedgerImport) -> list[Figure]:
    """Return the strip of figures; each leads to the list behind it."""
    count = row.report.get
    if "residents" not in row.report:
        return []
    has_lists = bool(row.findings)

    def people(what: str) -> str | None:
        return _url("import_people", row, what=what) if has_lists and count(what) else None

    faults, open_ones = count("faults", 0), count("duplicates", 0)
    held = count("held", 0)
    return [
        Figure(_("Dwellings listed"), count("households", 0)),
        Figure(_("People listed"), count("residents", 0)),
        *([Figure(_("Of them guests"), count("guests", 0))] if count("guests") else []),
        Figure(_("New"), count("new", 0), people("new")),
        Figure(_("Changed"), count("changed", 0), people("changed")),
        Figure(_("Unchanged"), count("unchanged", 0)),
        Figure(
            _("Not in the file"), count("missing", 0), people("missing"), note=_("never deleted")
        ),
        Figure(
            _("Faults"),
            faults,
            _url("import_faults", row) if has_lists and faults else None,
            note=_("lines held back: %(count)s") % {"count": held} if held else "",
            tone="bad" if faults else "",
        ),
        Figure(
            _("Possible duplicates"),
            open_ones,
            _url("import_duplicates", row) if has_lists and open_ones else None,
            tone="warn" if open_ones else "",
        ),
    ]


def steps(row: LedgerImport) -> list[Step]:
    """Return where an import stands."""
    place = {"reading": 1, "failed": 0, "checked": 1, "applying": 2}.get(row.state, 3)
    words = (_("Upload"), _("Check"), _("Import"))
    return [
        Step(word, "done" if number < place else "now" if number == place else "")
        for number, word in enumerate(words)
    ]


def error_words(row: LedgerImport) -> str:
    """Return why a file could not be read, and the way out."""
    if not row.error:
        return ""
    return say(UnreadableFile(row.error["code"], **row.error["facts"]))


def effect_words(row: LedgerImport) -> str:
    """Return what importing would do, in households and people, before the button."""
    count = row.report.get
    if not (count("residents") or count("households")):
        return _("No line of a ledger was found. The first row of the table must name its columns.")
    if not (count("new") or count("changed")):
        return _("Nothing would change: everybody in the file is in the register as it says.")
    if count("guests"):
        return _(
            "New: %(new)s; changed: %(changed)s. Of the people listed %(guests)s are guests: they are "
            "entered as staying here, not as residents. People who are not in the file stay as they "
            "are: %(missing)s. Nobody is deleted."
        ) % {code: count(code, 0) for code in ("new", "changed", "guests", "missing")}
    return _(
        "People who would be registered: %(new)s; changed: %(changed)s. People who are not in the "
        "file stay as they are: %(missing)s. Nobody is deleted."
    ) % {"new": count("new", 0), "changed": count("changed", 0), "missing": count("missing", 0)}


def done_words(row: LedgerImport) -> str:
    """Return what an import did."""
    count = row.report.get
    return _("Imported: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.") % {
        "new": count("new", 0),
        "changed": count("changed", 0),
        "unchanged": count("unchanged", 0),
    }


def undone_words(row: LedgerImport) -> list[str]:
    """Return what is so after an import was undone, a sentence each; nothing before."""
    found = row.report.get("undone")
    if not found:
        return []
    sentences = (
        (
            "goes",
            ngettext(
                "%(count)s person whom only this import brought is out of the register.",
                "%(count)s people whom only this import brought are out of the register.",
                found["goes"],
            ),
        ),
        (
            "restored",
            ngettext(
                "%(count)s person who was there before stands as before the import.",
                "%(count)s people who were there before stand as before the import.",
                found["restored"],
            ),
        ),
        (
            "stays",
            ngettext(
                "%(count)s person whose entry others changed since stays as it is now.",
                "%(count)s people whose entries others changed since stay as they are now.",
                found["stays"],
            ),
        ),
    )
    said = [words % {"count": found[code]} for code, words in sentences if found[code]]
    return said or [_("Nobody's entry changed: this import wrote nobody.")]


def guest_sheets(found: Findings) -> list[dict[str, Any]]:
    """Return the sheets of which the officer may say whether they list guests."""
    sheets: dict[str, dict[str, Any]] = {}
    for question in found.questions:
        if question["code"] == "guest_sheet":
            row = sheets.setdefault(
                question["sheet"],
                {"sheet": question["sheet"], "said": question["column"], "guests": 0},
            )
            row["guests"] += int(question["samples"][0])
    return [{**row, "number": number} for number, row in enumerate(sheets.values())]


def communities(found: Findings) -> tuple[str, list[tuple[str, int]]]:
    """Return the community chosen of a file of several, and each with its number of lines."""
    counts: Counter[str] = Counter()
    chosen = ""
    for question in found.questions:
        if question["code"] == "communities":
            chosen = question["column"]
            for said in question["samples"]:
                name, _tab, count = said.rpartition("\t")
                counts[name] += int(count)
    return chosen, list(counts.items())


def gaps(row: LedgerImport) -> list[tuple[Any, int]]:
    """Return what is missing in the file and is no fault."""
    found = row.report.get("gaps", {})
    return [(labels.GAPS[code], found[code]) for code in labels.GAPS if found.get(code)]


# ---- faults ---------------------------------------------------------------------------------


def fault_words(fault: Mapping[str, Any]) -> str:
    """Return why a cell is wrong and what to do."""
    facts = {**fault["facts"], **{k: fault[k] for k in ("value", "name", "column")}}
    return labels.finding(fault["code"], facts)


def faults(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return faults with their words."""
    return [{**row, "words": fault_words(row)} for row in rows]


def fault_kinds(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Return (code, short name, how many) of the kinds of faults, most first."""
    counts = Counter(row["code"] for row in rows)
    names = labels.FAULT_NAMES | {code: short for code, (short, _text) in flaw_words().items()}
    return [(code, str(names.get(code, code)), count) for code, count in counts.most_common()]


def fault_workbook(actor: Actor, rows: Sequence[Mapping[str, Any]], now: datetime) -> bytes:
    """Return a list of faults as a workbook, the columns of the screen."""
    header = [
        _("Sheet"),
        _("Row"),
        _("Column"),
        _("Name"),
        _("As written"),
        _("Why and what to do"),
    ]
    plan = SheetPlan(
        name=_("Faults"),
        header=[header],
        rows=[
            [r["sheet"], r["row"], r["column"], r["name"], r["value"], fault_words(r)] for r in rows
        ],
        widths=[16, 8, 20, 12, 24, 60],
    )
    return xlsx_bytes([plan], watermark=watermark(actor, now), counted=counted())


def unknown_columns(found: Findings, row: LedgerImport) -> list[dict[str, Any]]:
    """Return the columns nobody knows, once each, with a few values."""
    seen: dict[str, dict[str, Any]] = {}
    for question in found.questions:
        if question["code"] == "unknown_column":
            seen.setdefault(question["column"], question)
    return list(seen.values())


def question_words(question: Mapping[str, Any]) -> str:
    """Return a question about a sheet."""
    return labels.finding(question["code"], question)


# ---- people ---------------------------------------------------------------------------------


def new_people(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return who would be registered, numbers masked."""
    return [person(row) for row in rows]


def person(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person as shown: words for codes, numbers masked."""
    return {
        **row,
        "sex": SEX.get(row["sex"], "") if row["sex"] != "unknown" else "",
        "document": mask_document(row["document"]),
        "phones": joined(mask_phone(number) for number in row["phones"]),
        "guest": GUESTS.get(row.get("guest", ""), ""),
        "stay": stay_words(row.get("starts_at"), row.get("ends_at")),
    }


def stay_words(starts_at: str | None, ends_at: str | None) -> str:
    """Return from when to when a guest stays, whole days as days; 00:00 ends the day before."""
    if not (starts_at or ends_at):
        return ""
    first = (starts_at or "").removesuffix(" 00:00") or _("day not known")
    last = ends_at or ""
    if last.endswith(" 00:00"):
        day = date.fromisoformat(last[:10]) - timedelta(days=1)
        last = day.isoformat()
    return f"{first} – {last or _('end not known')}"


def changed_people(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return who would change, each field from what to what."""
    return [
        {
            **row,
            "basis": labels.BASES.get(row["basis"], ""),
            "diffs": [
                (
                    labels.CHANGES.get(change["field"], change["field"]),
                    value_words(change["field"], change["before"]),
                    value_words(change["field"], change["after"]),
                )
                for change in row["changes"]
            ],
        }
        for row in rows
    ]


_CODES: dict[str, Mapping[str, Any]] = {"sex": SEX, "tenure": TENURE, "kind": MEMBERSHIP_KINDS}


def value_words(name: str, value: Any) -> str:
    """Return a former or new value in words; numbers masked, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _CODES:
        return str(_CODES[name].get(value, value))
    if name == "document":
        return mask_document(value)
    if name == "phone":
        return mask_phone(value)
    if name == "documents":
        return joined(mask_document(number) for number in value)
    if name == "phones":
        return joined(mask_phone(number) for number in value)
    if isinstance(value, dict):
        if name == "traits":
            return joined(
                str(TRAITS.get(code, code)) + (f"（{TRAIT_VALUES.get(v, v)}）" if v else "")
                for code, v in value.items()
            )
        return "；".join(f"{key}：{text}" if key else text for key, text in value.items())
    if isinstance(value, list):
        return joined(map(str, value))
    return str(value)


def missing_people(community: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return who is registered behind a listed door and not in the file; one query."""
    rows = Resident.objects.filter(community=community, pk__in=list(ids)).values_list(
        "pk", "name", "dwelling__full_name", "birth_on"
    )
    found = [
        {"id": pk, "name": name, "door": door or "", "birth_on": birth_on}
        for pk, name, door, birth_on in rows
    ]
    return sorted(found, key=lambda row: (row["door"], row["name"]))


def colour_rows(row: LedgerImport, found: Findings) -> list[dict[str, Any]]:
    """Return the households whose colour the ledger has otherwise, with the way to ask for it."""
    ids = {pk for line in found.colours for pk in (line["said"], line["is"]) if pk}
    labels_by_id = {
        label.pk: label for label in Label.objects.filter(pk__in=ids).select_related("scheme")
    }
    out = []
    for line in found.colours:
        said = labels_by_id.get(line["said"])
        if said is None:
            continue
        now_is = labels_by_id.get(line["is"] or 0)
        kwargs = {"area": row.community_id, "household": line["household"]}
        out.append(
            {
                "door": line["door"],
                "said": chip(said),
                "now": chip(now_is) if now_is is not None else None,
                "file": reverse("household_file", kwargs=kwargs),
                "ask": f"{reverse('mark_new', kwargs=kwargs)}?label={said.pk}",
            }
        )
    return out


def chip(label: Label) -> Mark:
    """Return a label as the sign that pages show."""
    return Mark(label.sign, label.colour, label.name or label.sign)


# ---- duplicates -----------------------------------------------------------------------------


def duplicate_cards(
    asked: Mapping[str, Mapping[str, Any]], answers: Mapping[str, DuplicateAnswer]
) -> list[dict[str, Any]]:
    """Return each question with both sides and what was answered; open ones first."""
    cards = []
    for key, question in asked.items():
        line, other = question["line"], question["other"]
        given = answers.get(key)
        facts = {"name": line["name"], "row": line["row"], "value": ""}
        if other is not None:
            facts |= {"other_row": other["row"], "other_sheet": other["sheet"]}
        sides = [
            {**person(side), "choice": f"same:{side['id']}" if "id" in side else "same"}
            for side in ([other] if other is not None else question["candidates"])
        ]
        choice = "" if given is None else given.answer
        if given is not None and given.resident is not None and given.answer == "same":
            choice = f"same:{given.resident}"
        cards.append(
            {
                "key": key,
                "words": labels.finding(question["code"], facts),
                "line": person(line),
                "sides": sides,
                "in_file": other is not None,
                "choice": choice,
            }
        )
    return sorted(cards, key=lambda card: bool(card["choice"]))


def answers_of(
    posted: Mapping[str, str], asked: Mapping[str, Any]
) -> dict[str, tuple[str, int | None]]:
    """Return the answers of a posted sheet: "same", "same:<resident>", "new" or "later" by key."""
    found: dict[str, tuple[str, int | None]] = {}
    for key in asked:
        answer, _colon, who = posted.get(f"q-{key}", "").partition(":")
        if answer:
            found[key] = (answer, whole_number(who))
    return found
