"""Compares a ledger with the register (比对): what would be written, and what has to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from gridwell.ledgers import targets
from gridwell.ledgers.labels import finding
from gridwell.ledgers.queries.register import Register, label_finder, load_register, naive
from gridwell.ledgers.rules.matching import Answer, Decision, Matching, Outcome, match
from gridwell.ledgers.rules.report import report as report_of
from gridwell.ledgers.rules.rows import Fault, LedgerRead
from gridwell.ledgers.rules.settle import Terms, settle
from gridwell.ledgers.rules.stays import StayMatcher


@dataclass(frozen=True)
class Comparison:
    """A ledger beside the register: `read` as the file says it, `settled` as it would be kept.

    `flaws` are the faults that other packages found in their own columns; `matching` has them too.
    """

    read: LedgerRead
    settled: LedgerRead
    register: Register
    matching: Matching
    flaws: tuple[Fault, ...] = ()

    @property
    def report(self) -> dict[str, Any]:
        """Return the object that the command prints, worded in the language of the moment."""
        return report_of(self.read, self.matching, finding)

    @property
    def digest(self) -> str:
        """Return a name of exactly what would be written; it changes when the register does."""
        out = blake2b(digest_size=16)
        for decision in self.matching.decisions:
            line = (
                decision.row.row_key,
                decision.outcome.value,
                decision.resident,
                sorted(decision.changes),
                decision.row.guest is not None,
                decision.stay.id if decision.stay else None,
            )
            out.update(repr(line).encode("utf-8", "surrogatepass"))
        for flaw in self.flaws:
            out.update(repr((flaw.sheet, flaw.row, flaw.code)).encode("utf-8", "surrogatepass"))
        return out.hexdigest()

    @property
    def has_writes(self) -> bool:
        """Return whether applying would change anybody's entry."""
        return any(d.outcome in (Outcome.NEW, Outcome.CHANGED) for d in self.matching.decisions)


def compare(
    community: int | None,
    read: LedgerRead,
    now: datetime,
    answers: Mapping[str, Answer] | None = None,
) -> Comparison:
    """Return a ledger compared with a community's register; None: with an empty one, no database."""
    register = Register() if community is None else load_register(community, read, now)
    answers = answers or {}
    terms = Terms(
        now=naive(now),
        doors={key: found.key for key, found in register.doors.items()},
        label_of=label_finder(register.labels),
        answers=answers,
    )
    settled = settle(read, terms)
    stays = StayMatcher(register.stays, terms.now)
    matching = match(settled, register.people, answers=answers, stays=stays)
    matching = _respected(matching, register)
    flaws = () if community is None else _flaws(community, read, register, matching, now)
    matching = replace(matching, faults=(*matching.faults, *flaws))
    return Comparison(read, settled, register, matching, flaws)


def _flaws(
    community: int, read: LedgerRead, register: Register, matching: Matching, now: datetime
) -> tuple[Fault, ...]:
    """Return what other packages would not take of their own columns; each is asked once."""
    columns = {
        (sheet.name, code): (letter, path)
        for sheet in read.sheets
        for letter, path, code in sheet.columns
    }
    found = []
    for target in targets.known():
        rows = _rows_for(target.code, register, matching) if target.check else []
        for flaw in target.check(community, rows, now) if target.check and rows else ():
            source = flaw.row.source
            letter, path = columns.get((source.sheet, f"{target.code}.{flaw.column}"), ("", ""))
            found.append(
                Fault(
                    source.sheet,
                    source.row,
                    path,
                    letter,
                    flaw.row.values.get(flaw.column, ""),
                    f"{target.code}.{flaw.code}",
                    flaw.row.name,
                    facts=flaw.facts,
                )
            )
    return tuple(found)


def _rows_for(code: str, register: Register, matching: Matching) -> list[targets.CheckRow]:
    """Return the lines that would be written with a value for a target; like `Writing` does."""
    prefix = f"{code}."
    doors = {found.key: found for found in register.doors.values()}
    rows = []
    for decision in matching.decisions:
        row = decision.row
        values = {
            name.removeprefix(prefix): text
            for name, text in row.extra.items()
            if name.startswith(prefix)
        }
        if not values or decision.outcome is Outcome.ASK:
            continue
        door = doors.get(row.dwelling_key)
        rows.append(
            targets.CheckRow(
                row.source,
                row.name,
                row.household_key,
                door.steps if door else (),
                decision.resident,
                door.place if door else None,
                values,
            )
        )
    return rows


def _respected(matching: Matching, register: Register) -> Matching:
    """Leave alone who is entered as dead, and isolations that another act has ordered."""
    if not register.died and not register.held:
        return matching
    faults: list[Fault] = []
    decisions = []
    for decision in matching.decisions:
        who = decision.resident
        if who in register.died:
            faults.append(_died(decision))
            decision = replace(decision, outcome=Outcome.UNCHANGED, changes={})
        elif who in register.held and "isolated_until" in decision.changes:
            rest = {k: v for k, v in decision.changes.items() if k != "isolated_until"}
            outcome = Outcome.CHANGED if rest else Outcome.UNCHANGED
            decision = replace(decision, outcome=outcome, changes=rest)
        decisions.append(decision)
    return replace(matching, decisions=tuple(decisions), faults=(*matching.faults, *faults))


def _died(decision: Decision) -> Fault:
    source = decision.row.source
    return Fault(
        source.sheet, source.row, "", "", decision.row.name, "entered_as_dead", decision.row.name
    )
