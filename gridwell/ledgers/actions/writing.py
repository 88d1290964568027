"""Writes what a ledger says into the register, set-based (入册): places, households, people, facts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.ledgers import targets
from gridwell.ledgers.actions.facts import (
    remark_of_home,
    settle_vacancy,
    write_health,
    write_marks,
    write_notes,
)
from gridwell.ledgers.actions.journal import Journal
from gridwell.ledgers.actions.people import PeopleWriter
from gridwell.ledgers.actions.stays import write_stays
from gridwell.ledgers.queries.compare import Comparison
from gridwell.ledgers.rules.matching import Decision, Outcome
from gridwell.ledgers.rules.rows import HouseholdRow, ResidentRow, Tenure
from gridwell.ledgers.rules.settle import DOCUMENT
from gridwell.places.actions import ensure_tree
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.tree import DwellingRow, Steps
from gridwell.residents.actions.bulk import NewHousehold, NewPerson, register_people
from gridwell.residents.actions.facts import chunks
from gridwell.residents.models import Household

Step = Callable[[int, int, str], None]
STEPS = 6


class Writing:
    """One import while it is written. `run` inside a transaction; the journal says what was done."""

    def __init__(
        self,
        *,
        actor: Actor,
        community: int,
        comparison: Comparison,
        now: datetime,
        source: str,
        step: Step,
    ) -> None:
        self.actor, self.community, self.now, self.source = actor, community, now, source
        self.comparison = comparison
        self.register = comparison.register
        self.journal = Journal()
        self.step = step
        decisions = comparison.matching.decisions
        residents = [d for d in decisions if d.row.guest is None]
        self.new = [d for d in residents if d.outcome is Outcome.NEW]
        self.changed = [d for d in residents if d.outcome is Outcome.CHANGED]
        self.places: dict[str, int] = {}
        self.homes: dict[str, int | None] = {}
        self.residents: dict[str, int] = {
            d.row.row_key: d.resident for d in decisions if d.resident is not None
        }
        self.made_households: dict[str, int] = {}

    def run(self, words: Sequence[str]) -> None:
        """Write everything; `words` are what each step is called while it runs."""
        acts = (
            self._write_places,
            self._change_people,
            self._register_people,
            self._write_households,
            self._write_health,
            self._write_marks,
        )
        for number, (act, word) in enumerate(zip(acts, words, strict=True)):
            self.step(number, STEPS, word)
            act()

    # ---- places and households ------------------------------------------------------------

    def _write_places(self) -> None:
        """Make the places that are missing, and find the household of each line."""
        vacant = {row.dwelling_key for row in self.comparison.settled.households}
        vacant -= {r.dwelling_key for r in self.comparison.settled.households if not r.is_vacant}
        sites = self._sites()
        missing = {
            sites.get(f.key, f.steps): f for f in self.register.doors.values() if f.place is None
        }
        floors = {
            self.register.doors[row.dwelling_key].key: row.place.floor
            for row in self.comparison.read.households
        }
        self.places = {f.key: f.place for f in self.register.doors.values() if f.place is not None}
        if missing:
            before = set(
                Place.objects.filter(community=self.community).values_list("pk", flat=True)
            )
            made = ensure_tree(
                actor=self.actor,
                community=self.community,
                rows=[
                    DwellingRow(steps, floors.get(found.key), is_vacant=found.key in vacant)
                    for steps, found in missing.items()
                ],
                now=self.now,
                source=self.source,
            )
            self.places.update({missing[steps].key: pk for steps, pk in made.items()})
            self._note_places(before, list(made.values()))
        self._find_homes()

    def _sites(self) -> dict[str, Steps]:
        """Return the doors that only people who work there are listed behind: they are no dwellings."""
        lived_in = {row.dwelling_key for row in self.comparison.settled.households if row.people}
        kinds: dict[str, set[str]] = defaultdict(set)
        for decision in self.comparison.matching.decisions:
            if (guest := decision.row.guest) is not None:
                kinds[decision.row.dwelling_key].add(guest.kind)
        found = {f.key: f.steps for f in self.register.doors.values()}
        return {
            key: (*found[key][:-1], (PlaceKind.SITE, found[key][-1][1]))
            for key, said in kinds.items()
            if said == {"staff"} and key in found and key not in lived_in
            if not any(map(str.isdigit, found[key][-1][1]))  # 项目部, and no room
        }

    def _note_places(self, before: set[int], made: Sequence[int]) -> None:
        above: set[int] = set()
        for part in chunks(made):
            for path in Place.objects.filter(pk__in=part).values_list("path", flat=True):
                above.update(int(pk) for pk in path.strip("/").split("/"))
        self.journal.made("places.place", sorted(above - before))

    def _find_homes(self) -> None:
        """Say which household of the register each household of the ledger is; None = a new one."""
        lines: dict[str, list[Decision]] = defaultdict(list)
        for decision in self.comparison.matching.decisions:
            if decision.outcome is not Outcome.ASK and decision.row.guest is None:
                lines[decision.row.household_key].append(decision)
        used: set[int] = set()
        for row in self.comparison.settled.households:
            found = self._home_of(row, lines.get(row.household_key, []), used)
            self.homes[row.household_key] = found
            if found is not None:
                used.add(found)

    def _home_of(self, row: HouseholdRow, lines: list[Decision], used: set[int]) -> int | None:
        """The household of most of its people; else the only one there, unless a new head comes."""
        place = self.places.get(row.dwelling_key)
        there = self.register.open_homes.get(place or 0, [])
        matched = Counter(
            home
            for d in lines
            if (home := self.register.homes.get(d.resident or 0)) is not None and home in there
        )
        if matched:
            return matched.most_common(1)[0][0]
        free = [home for home in there if home not in used]
        if len(free) == 1 and not any(d.row.is_head for d in lines):
            return free[0]
        return None

    # ---- people ---------------------------------------------------------------------------

    def _change_people(self) -> None:
        """Change whom the ledger says otherwise; households that a move needs are opened first."""
        moving = {d.row.household_key for d in self.changed if "dwelling_key" in d.changes}
        wanted = moving | {d.row.household_key for d in self.new}
        rows = {row.household_key: row for row in self.comparison.settled.households}
        fresh = [rows[key] for key in sorted(wanted) if self.homes.get(key) is None]
        self._fresh = fresh
        if moving:  # a move needs the household's id before the new people are registered
            made = register_people(
                actor=self.actor,
                community=self.community,
                households=self._new_households(fresh),
                people=[],
                now=self.now,
                source=self.source,
            ).households
            self._keep_households(made)
            self._fresh = []
        PeopleWriter(self).run()

    def _new_households(self, rows: Sequence[HouseholdRow]) -> list[NewHousehold]:
        return [
            NewHousehold(
                key=row.household_key,
                dwelling=self.places[row.dwelling_key],
                tenure=row.tenure.value,
            )
            for row in rows
        ]

    def _keep_households(self, made: dict[str, int]) -> None:
        self.made_households.update(made)
        self.homes.update(made)
        self.journal.made("residents.household", made.values())

    def _register_people(self) -> None:
        """Register everybody who is new, in one act."""
        if not (self.new or self._fresh):
            return
        taken = {n for person in self.register.people for n in person.documents}
        done = register_people(
            actor=self.actor,
            community=self.community,
            households=self._new_households(self._fresh),
            people=[self._new_person(d.row, taken) for d in self.new],
            now=self.now,
            source=self.source,
        )
        self._keep_households(done.households)
        self.residents.update(done.residents)
        self.journal.made("residents.resident", done.residents.values())

    def _new_person(self, row: ResidentRow, taken: set[str]) -> NewPerson:
        document = row.documents[0] if row.documents else None
        remark = row.remark
        if document is not None and document.number in taken:
            # As somebody new, a person cannot have a number that is another's.
            remark, document = {**remark, DOCUMENT: document.number}, None
        home = self.homes.get(row.household_key)
        return NewPerson(
            key=row.row_key,
            household=row.household_key if home is None else home,
            name=row.name,
            sex=row.sex.value,
            birth_on=row.birth_on,
            document_kind=document.kind.value if document else "none",
            document=document.number if document else "",
            phones=row.phones,
            relation=row.relation,
            is_head=row.is_head,
            kind=row.kind.value,
            traits=row.traits,
            remark=remark,
        )

    # ---- households -----------------------------------------------------------------------

    def _write_households(self) -> None:
        """Tenure and remarks of households that were there, and which dwellings stand empty."""
        by_id: dict[int, HouseholdRow] = {}
        for row in self.comparison.settled.households:
            home = self.homes.get(row.household_key)
            if home is not None:
                by_id.setdefault(home, row)
        tenures: dict[int, Tenure] = {
            pk: row.tenure for pk, row in by_id.items() if row.tenure is not Tenure.UNKNOWN
        }
        for decision in self.changed:
            home = self.register.homes.get(decision.resident or 0)
            if home is not None and "tenure" in decision.changes:
                tenures.setdefault(home, decision.row.tenure)
        remarks = {pk: text for pk, row in by_id.items() if (text := remark_of_home(row))}
        self._update_households(tenures, remarks)
        write_stays(self)
        settle_vacancy(self)
        write_notes(self)

    def colours(self) -> list[tuple[int, int, str]]:
        """Return (household, dwelling, colour) where the ledger names a colour of a household."""
        return [
            (home, self.places[row.dwelling_key], row.colour)
            for row in self.comparison.settled.households
            if row.colour and (home := self.homes.get(row.household_key)) is not None
        ]

    def _update_households(self, tenures: dict[int, Tenure], remarks: dict[int, str]) -> None:
        rows: list[Household] = []
        for part in chunks(sorted(tenures.keys() | remarks.keys())):
            for home in Household.objects.filter(community=self.community, pk__in=part):
                before = (home.tenure, home.remark)
                home.tenure = tenures.get(home.pk, home.tenure)
                more = remarks.get(home.pk, "")
                if more and more not in home.remark:
                    home.remark = f"{home.remark}\n{more}".strip()
                if before == (home.tenure, home.remark):
                    continue
                rows.append(home)
                if home.pk not in self.made_households.values():
                    note = self.journal.changed
                    note("residents.household", home.pk, "tenure", before[0], home.tenure)
                    note("residents.household", home.pk, "remark", before[1], home.remark)
        Household.objects.bulk_update(rows, ["tenure", "remark"], batch_size=200)

    # ---- health, labels, other packages ------------------------------------------------------

    def _write_health(self) -> None:
        write_health(self)

    def _write_marks(self) -> None:
        write_marks(self)
        self._write_targets()

    def _write_targets(self) -> None:
        for target in targets.known():
            prefix = f"{target.code}."
            rows = []
            for decision in self.comparison.matching.decisions:
                row = decision.row
                values = {
                    code.removeprefix(prefix): text
                    for code, text in row.extra.items()
                    if code.startswith(prefix)
                }
                resident = self.residents.get(row.row_key)
                if values and resident is not None and decision.outcome is not Outcome.ASK:
                    place = self.places.get(row.dwelling_key)
                    rows.append(targets.TargetRow(resident, place, values))
            if rows:
                target.write(self.actor, self.community, rows, self.now, self.source)
