"""Makes a timetable with OR-Tools (排时段). Pure: same input, same timetable.

First a plain pass places every party at its nearest site in the first slot with room; CP-SAT then
starts from that and lowers the cost: people at a site that is not their nearest, and people late in
the day. It stops at a count of its own work, not of seconds, so that the answer does not depend on
the machine.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gridwell.screening.rules.sites import BEST_RATE
from gridwell.screening.rules.slots import (
    Because,
    Grid,
    Party,
    Placed,
    SitePlan,
    Timetable,
    grid_of,
    in_pieces,
)

if TYPE_CHECKING:  # loaded when a timetable is made: a third of a second in every process else
    from ortools.sat.python import cp_model

#: Work that the search may do, in units of OR-Tools' deterministic time; a second or two.
EFFORT = 1.0
#: The same when a desk drops out: people are on their way, and each one told anew is worth a look more.
EFFORT_AGAIN = 2.0
#: What a person costs who is left out, sent to a farther site by one place, or called a slot later.
LEFT_OUT, FARTHER, LATER = 100_000, 40, 1
#: The same for a slot later, where a person walks badly: the early hours are theirs.
LATER_ON_FOOT = 5
#: How often a unit that one slot holds is called at most where it is cut to fit into what is left;
#: a larger one as many times more.
MOST_CALLS = 4
#: What it costs to tell a person another time than was told before, or one who has been called by it
#: and may be on the way; against that, to have no room for one. Five are told anew before one is left
#: out, who was called is not: else everybody would be moved for the last few.
TOLD_ANEW, CALLED_ANEW, LEFT_OUT_AGAIN = 400, 2_000, 2_000

Spot = tuple[int, int]  # site, start
Key = tuple[int, int]  # party, piece


@dataclass(frozen=True, slots=True)
class _Told:
    """Where people were told to come, and who of them has been called by it."""

    stood: Mapping[Key, Spot]
    called: frozenset[Key]

    def anew(self, key: Key, spot: Spot) -> int:
        """Return what it costs to tell a person of a piece that it is to come to this slot."""
        if self.stood.get(key, spot) == spot:
            return 0
        return CALLED_ANEW if key in self.called else TOLD_ANEW

    def rank(self, key: Key) -> int:
        """Return who keeps the slot first: 0 called, 1 told, 2 neither."""
        return 0 if key in self.called else 1 if key in self.stood else 2


def make_timetable(
    sites: Sequence[SitePlan],
    parties: Sequence[Party],
    *,
    minutes: int = 30,
    rate: int = BEST_RATE,
    fixed: Mapping[Key, Spot] | None = None,
    since: int = 0,
    stood: Mapping[Key, Spot] | None = None,
    called: Collection[Key] = (),
    behind: Mapping[int, int] | None = None,
) -> Timetable:
    """Return who comes when and where, in slots that start at the minute `since` or later.

    `fixed` are pieces that an officer has put somewhere; they stay whole where they are, even where
    that breaks a rule (`slots.faults` says so). `stood` are slots that people were told already:
    they keep them wherever there is room, `called` ones before all others. `behind` are people who
    still stand in front of a site when its next slot begins. Parties that find no room are named,
    never dropped.
    """
    grid = grid_of(sites, minutes, rate, since).less(behind or {})
    present = [party for party in parties if party.people > 0]
    if not grid.room or not present:
        return Timetable(minutes, (), tuple(party.id for party in present), is_best=True)
    return _made(grid, present, fixed or {}, _Told(stood or {}, frozenset(called)))


def _made(
    grid: Grid, present: Sequence[Party], chosen: Mapping[Key, Spot], told: "_Told"
) -> Timetable:
    best = _best_rooms(grid)
    pieces = [party for party in present if _key(party) in chosen]
    for party in present:
        if _key(party) not in chosen:
            pieces += in_pieces([party], _largest(best, party))
    held = {_key(p): chosen[_key(p)] for p in pieces if _key(p) in chosen}
    search = _Search(grid, pieces, held, told)
    found, is_best = search.solve(_first_pass(grid, pieces, held, told))
    stays = held | {key: spot for key, spot in found.items() if told.stood.get(key) == spot}
    spots = _close_up(grid, pieces, stays, found)
    pieces, spots = _squeeze_in(grid, present, pieces, spots)
    placed = tuple(
        Placed(
            p.id,
            p.piece,
            p.people,
            *spots[_key(p)],
            _because(p, spots, held),
            tuple(door for door, _people in p.doors),
        )
        for p in pieces
        if _key(p) in spots
    )
    lost = {p.id for p in pieces if _key(p) not in spots}
    whole = tuple(
        sorted(
            (row for row in placed if row.party not in lost),
            key=lambda row: (row.start, row.site, row.party, row.piece),
        )
    )
    return Timetable(grid.minutes, whole, tuple(sorted(lost)), is_best)


def _key(piece: Party) -> Key:
    return piece.id, piece.piece


def _best_rooms(grid: Grid) -> dict[int, int]:
    """Return how many people the largest slot of each site takes."""
    best: dict[int, int] = {}
    for (site, _start), room in grid.room.items():
        best[site] = max(best.get(site, 0), room)
    return best


def _largest(best: Mapping[int, int], party: Party) -> int:
    """Return the size up to which a party is called at once: what its nearest site takes.

    A party of which nobody knows the way fits anywhere.
    """
    near = next((best[site] for site in party.near if site in best), None)
    return near if near is not None else min(best.values())


def _because(piece: Party, spots: Mapping[Key, Spot], held: Mapping[Key, Spot]) -> Because:
    if _key(piece) in held:
        return Because.BY_HAND
    if piece.is_high_risk:
        return Because.HIGH_RISK
    if piece.walks_badly:
        return Because.WALKS_BADLY
    site = spots[_key(piece)][0]
    return Because.NEAREST if not piece.near or piece.near[0] == site else Because.NEAREST_FULL


def _order(piece: Party) -> tuple[bool, bool, int, int, int]:
    """Those who walk badly choose first, then high-risk buildings, whose slots nobody else may have."""
    is_plain = not piece.walks_badly and not piece.is_high_risk
    return is_plain, piece.is_high_risk, piece.building, piece.id, piece.piece


def _first_pass(
    grid: Grid, pieces: Sequence[Party], held: Mapping[Key, Spot], told: _Told
) -> dict[Key, Spot]:
    """Return a plain timetable: each piece where it stood, else first with room at its nearest site."""
    left = dict(grid.room)
    kind: dict[Spot, bool] = {}
    found: dict[Key, Spot] = dict(held)
    for piece in pieces:
        if _key(piece) in held:
            spot = held[_key(piece)]
            is_mixed = kind.setdefault(spot, piece.is_high_risk) != piece.is_high_risk
            left[spot] = 0 if is_mixed else left.get(spot, 0) - piece.people
    free = [piece for piece in pieces if _key(piece) not in held]
    for piece in sorted(free, key=lambda one: (told.rank(_key(one)), _order(one))):
        choices = _choices(grid, piece)
        if told.stood.get(_key(piece)) in choices:
            choices.insert(0, told.stood[_key(piece)])
        for spot in choices:
            if (
                left[spot] >= piece.people
                and kind.get(spot, piece.is_high_risk) == piece.is_high_risk
            ):
                found[_key(piece)] = spot
                left[spot] -= piece.people
                kind[spot] = piece.is_high_risk
                break
    return found


def _choices(grid: Grid, piece: Party) -> list[Spot]:
    """Return the slots a piece may have, best first; who walks badly has the nearest site only.

    High-risk buildings come last: the site is disinfected after them.
    """
    sites = {site for site, _ in grid.room}
    near = [site for site in piece.near if site in sites]
    if piece.walks_badly and near:
        sites = {near[0]}
    rank = {site: place for place, site in enumerate(near)}
    far = len(near)
    return sorted(
        (spot for spot in grid.room if spot[0] in sites),
        key=lambda spot: (
            rank.get(spot[0], far),
            -spot[1] if piece.is_high_risk else spot[1],
            spot[0],
        ),
    )


def _close_up(
    grid: Grid, pieces: Sequence[Party], held: Mapping[Key, Spot], spots: Mapping[Key, Spot]
) -> dict[Key, Spot]:
    """Return the slots with those of high-risk buildings moved up to right behind the others.

    They were sought from the end of the day; nobody waits there for an evening that is not needed.
    """
    closed = dict(spots)
    risky = {_key(piece): piece.people for piece in pieces if piece.is_high_risk}
    for site in {at for at, _start in spots.values()}:
        here = {key: start for key, (at, start) in spots.items() if at == site}
        free = [key for key in here if key in risky and key not in held]
        stay = [start for key, start in here.items() if key not in free]
        last = max(stay, default=-1)
        left = [start for start in grid.starts(site) if start > last]
        for start in sorted({here[key] for key in free}):
            together = [key for key in free if here[key] == start]
            people = sum(risky[key] for key in together)
            new = next((at for at in left if grid.room[site, at] >= people), start)
            if new < start:
                closed |= dict.fromkeys(together, (site, new))
            left = [at for at in left if at > min(new, start)]
    return closed


def _squeeze_in(
    grid: Grid, parties: Sequence[Party], pieces: Sequence[Party], spots: Mapping[Key, Spot]
) -> tuple[list[Party], dict[Key, Spot]]:
    """Return pieces and slots with those who found no room cut smaller, into what is left at a site.

    Better two calls to one staircase than none, at one site if that can be. Never inside a family.
    """
    kept, taken = list(pieces), dict(spots)
    for number in sorted({piece.id for piece in pieces if _key(piece) not in spots}):
        mine = [piece for piece in kept if piece.id == number]
        whole = [party for party in parties if party.id == number]
        if len(whole) != 1:
            continue
        others = [piece for piece in kept if piece.id != number]
        rest = {key: spot for key, spot in taken.items() if key not in {_key(p) for p in mine}}
        cut = _cut_to_fit(grid, whole[0], others, rest)
        if cut:
            kept = others + [piece for piece, _spot in cut]
            taken = rest | {_key(piece): spot for piece, spot in cut}
    return kept, taken


def _cut_to_fit(
    grid: Grid, party: Party, others: Sequence[Party], spots: Mapping[Key, Spot]
) -> list[tuple[Party, Spot]]:
    """Return the pieces of a party with their slots where there is room left; nothing if too little."""
    left, kind = dict(grid.room), {}
    for piece in others:
        spot = spots.get(_key(piece))
        if spot is not None:
            left[spot] = left.get(spot, 0) - piece.people
            kind[spot] = piece.is_high_risk
    choices = [
        spot
        for spot in _choices(grid, party)
        if left[spot] > 0 and kind.get(spot, party.is_high_risk) == party.is_high_risk
    ]
    sites = list(dict.fromkeys(site for site, _start in choices))
    most = MOST_CALLS * -(-party.people // max(grid.room.values()))
    for among in [*([site] for site in sites), sites]:  # one site if it can be, else all of them
        free = [(spot, left[spot]) for spot in choices if spot[0] in among]
        largest = sorted(free, key=lambda pair: (-pair[1], pair[0]))
        for few in range(1, min(len(free), most) + 1):  # as few calls as may be
            cut = _filled(party, sorted(largest[:few], key=lambda pair: pair[0][::-1]))
            if cut:
                return cut
    return []


def _filled(party: Party, free: Sequence[tuple[Spot, int]]) -> list[tuple[Party, Spot]]:
    """Return a party cut to the slots in their order, or nothing when they do not hold it all."""
    doors = list(party.doors) or [(0, 1)] * party.people
    cut: list[tuple[Party, Spot]] = []
    for spot, room in free:
        part: list[tuple[int, int]] = []
        while doors and sum(people for _door, people in part) + doors[0][1] <= room:
            part.append(doors.pop(0))
        if part:
            people = sum(count for _door, count in part)
            kept = tuple(part) if party.doors else ()
            piece = replace(party, piece=party.piece + len(cut), people=people, doors=kept)
            cut.append((piece, spot))
    return [] if doors else cut


class _Search:
    """The model: which piece is in which slot, and which slots belong to high-risk buildings."""

    def __init__(
        self,
        grid: Grid,
        pieces: Sequence[Party],
        held: Mapping[Key, Spot],
        told: _Told,
    ) -> None:
        from ortools.sat.python import cp_model

        self.model = cp_model.CpModel()
        self.has: dict[tuple[Key, Spot], cp_model.IntVar] = {}
        self.pieces = pieces
        self.held = held
        self.told = told
        cost: list[cp_model.LinearExprT] = []
        starts = sorted({start for _, start in grid.room})
        late = {start: number for number, start in enumerate(starts)}
        for piece in pieces:
            if _key(piece) in held:
                continue
            cost += self._place(grid, piece, late)
        self._rooms(grid)
        self._together()
        self.model.minimize(sum(cost))

    def _place(
        self, grid: Grid, piece: Party, late: Mapping[int, int]
    ) -> "list[cp_model.LinearExprT]":
        rank = {site: place for place, site in enumerate(piece.near)}
        mine = []
        cost: list[cp_model.LinearExprT] = []
        for spot in _choices(grid, piece):
            if grid.room[spot] < piece.people:
                continue
            has = self.model.new_bool_var("")
            self.has[_key(piece), spot] = has
            mine.append(has)
            farther = rank.get(spot[0], len(piece.near)) if piece.near else 0
            when = len(late) - late[spot[1]] if piece.is_high_risk else late[spot[1]]
            anew = self.told.anew(_key(piece), spot)
            later = LATER_ON_FOOT if piece.walks_badly else LATER
            cost.append(has * piece.people * (FARTHER * farther + later * when + anew))
        out = self.model.new_bool_var("")
        self.model.add_exactly_one([*mine, out])
        left_out = LEFT_OUT_AGAIN if self.told.stood else LEFT_OUT
        cost.append(out * piece.people * left_out)
        return cost

    def _rooms(self, grid: Grid) -> None:
        in_slot: dict[Spot, list[tuple[Party, cp_model.IntVar]]] = {}
        by_key = {_key(piece): piece for piece in self.pieces}
        for (key, spot), has in self.has.items():
            in_slot.setdefault(spot, []).append((by_key[key], has))
        for spot, rows in in_slot.items():
            fixed = [by_key[key] for key, at in self.held.items() if at == spot]
            room = grid.room[spot] - sum(piece.people for piece in fixed)
            held = {piece.is_high_risk for piece in fixed}
            if len(held) > 1:  # mixed by hand: nobody else is put there
                room = 0
            self.model.add(sum(has * piece.people for piece, has in rows) <= max(0, room))
            if len({piece.is_high_risk for piece, _ in rows} | held) < 2 or len(held) > 1:
                continue
            is_high = self.model.new_bool_var("")
            for kind in held:
                self.model.add(is_high == kind)
            for piece, has in rows:
                self.model.add_implication(has, is_high if piece.is_high_risk else ~is_high)

    def _together(self) -> None:
        """Keep the pieces of one party at one site: nobody explains two sites to one staircase."""
        sites = {site for _, (site, _) in self.has}
        cut = {piece.id for piece in self.pieces if piece.piece > 1}
        at = {(party, site): self.model.new_bool_var("") for party in cut for site in sites}
        for (key, spot), has in self.has.items():
            if key[0] in cut:
                self.model.add_implication(has, at[key[0], spot[0]])
        for party in cut:
            self.model.add_at_most_one(at[party, site] for site in sites)

    def solve(self, first: Mapping[Key, Spot]) -> tuple[dict[Key, Spot], bool]:
        """Return the slots of the pieces, and whether nothing better exists."""
        from ortools.sat.python import cp_model

        for (key, spot), has in self.has.items():
            self.model.add_hint(has, first.get(key) == spot)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1  # several would race: the answer would not repeat
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = EFFORT_AGAIN if self.told.stood else EFFORT
        status = solver.solve(self.model)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return dict(first), False
        spots = {key: spot for (key, spot), has in self.has.items() if solver.value(has)}
        return {**self.held, **spots}, status == cp_model.OPTIMAL
