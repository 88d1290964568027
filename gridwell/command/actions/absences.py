"""Isolation and closed buildings make staff absent; whoever steps in and out is told (AB角补位)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts import actions as accounts
from gridwell.accounts.actions import Wanted
from gridwell.accounts.followers import LineChange, LineMove
from gridwell.accounts.models import User
from gridwell.accounts.queries import names_of
from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.telling import desks_of_many, tell
from gridwell.core import clock
from gridwell.places.rules.levels import parent_of
from gridwell.plan.queries.days import stored_day
from gridwell.plan.rules.plan import DutyCode, DutyGroup, OrderKind, Plan
from gridwell.protocols.rules.model import Level
from gridwell.residents.models import Resident

_KEPT_IN = (DutyCode.STAY_HOME, DutyCode.STAY_ISOLATED)


def follow_plan(community: int, day: date, plan: Plan, now: datetime) -> None:
    """Bring the absences of staff who live in a community into line with its plan of today.

    Registered as a follower of the plan: after every act that changes isolation or zones. A plan
    of another day than today, computed late, says nothing about who can serve now.
    """
    if day != clock.today():
        return
    accounts.match_absences(
        actor=Actor.system(community),
        community=community,
        source=f"plan:{community}",
        wanted=_wanted(community, plan, now),
        now=now,
    )


@transaction.atomic
def sync_absences(communities: Iterable[int], day: date, now: datetime) -> None:
    """Bring the absences of staff who live in these communities into line with the stored plans.

    Idempotent; a community without a stored plan is left for when it is computed.
    """
    for community in communities:
        found = stored_day(community, day)
        if found is not None:
            follow_plan(community, day, found.plan, now)


def follow_home(communities: Collection[int], now: datetime) -> None:
    """Look again where somebody of the staff got another home; registered with accounts."""
    sync_absences(communities, clock.day_of(now), now)


def _wanted(community: int, plan: Plan, now: datetime) -> dict[int, Wanted]:
    """Return which users who live in a community must be absent by its plan, and until when."""
    users = list(
        User.objects.filter(home__community=community, is_active=True)
        .select_related("home")
        .order_by("pk")
    )
    if not users:
        return {}
    isolated = _isolated(plan, now)
    closed = _closed(plan, now)
    entries = _entries_of(community, users) if isolated else {}
    wanted = {}
    for user in users:
        own = [isolated[pk] for pk in entries.get(user.pk, ()) if pk in isolated]
        building = None if user.lives_elsewhere else closed.get(user.home_id or 0)
        if own:
            wanted[user.pk] = max(own, key=_length)
        elif building is not None:
            wanted[user.pk] = building
    return wanted


def _length(want: Wanted) -> tuple[bool, float]:
    return want.ends_at is None, want.ends_at.timestamp() if want.ends_at else 0.0


def _isolated(plan: Plan, now: datetime) -> dict[int, Wanted]:
    """Return the residents whom an isolation keeps in, now or from later today on."""
    found: dict[int, Wanted] = {}
    for group in _running(plan, now):
        if group.basis.order_kind != OrderKind.ISOLATION:
            continue
        want = Wanted("isolation", _start(group.from_at, now), group.until_at)
        for resident in group.residents:
            other = found.get(resident)
            found[resident] = want if other is None else max(want, other, key=_length)
    return found


def _closed(plan: Plan, now: datetime) -> dict[int, Wanted]:
    """Return the dwellings that a zone keeps closed: high-risk, or with its people to stay home."""
    orders = {
        group.basis.order
        for group in _running(plan, now)
        if group.basis.order_kind == OrderKind.ZONE
    }
    found: dict[int, Wanted] = {}
    for zone in plan.zones:
        is_over = zone.until_at is not None and zone.until_at <= now
        if is_over or not (zone.zone in orders or zone.level == Level.HIGH):
            continue
        want = Wanted("closed_building", _start(zone.from_at, now), zone.until_at)
        for dwelling in zone.dwellings:
            other = found.get(dwelling)
            found[dwelling] = want if other is None else max(want, other, key=_length)
    return found


def _running(plan: Plan, now: datetime) -> Iterator[DutyGroup]:
    """Yield the groups of duties that keep people in and are not over."""
    for group in plan.duties:
        if group.code in _KEPT_IN and (group.until_at is None or group.until_at > now):
            yield group


def _start(from_at: datetime | None, now: datetime) -> datetime:
    """Return when somebody is away from: never earlier than now, so that no past act is doubted."""
    return from_at if from_at is not None and from_at > now else now


def _entries_of(community: int, users: Collection[User]) -> dict[int, list[int]]:
    """Return the residents that each user is: linked by hand, else by name in the home dwelling."""
    by_home: dict[tuple[int, str], list[int]] = {}
    rows = Resident.objects.filter(
        community=community,
        dwelling__in={user.home_id for user in users},
        name__in={user.name for user in users},
        merged_into=None,
    )
    for pk, dwelling, name in rows.values_list("pk", "dwelling", "name"):
        by_home.setdefault((dwelling or 0, name), []).append(pk)
    return {
        user.pk: [user.resident]
        if user.resident is not None
        else by_home.get((user.home_id or 0, user.name), [])
        for user in users
    }


def tell_both_sides(change: LineChange) -> None:
    """Tell who steps in, who is stepped in for, and, where nobody can act, the level above.

    Registered as a follower of accounts; runs inside the transaction of the act.
    """
    if change.cause in {"stood_up", "stood_down"}:
        _tell_standing(change)
        return
    if change.cause == "post_ended":
        _tell_over(change)
        return
    names = names_of(
        pk for move in change.posts for pk in (move.before, move.after, move.post.holder_id)
    )
    for move in change.posts:
        _tell_move(change, move, names)
    _tell_alarm(change)


def _tell_over(change: LineChange) -> None:
    """Tell whoever held a post that it has ended."""
    for move in change.posts:
        facts = {"post": move.post.title, "area": move.post.area.name}
        _say(change, move, "over", [move.before, move.post.holder_id], facts)


def _tell_move(change: LineChange, move: LineMove, names: dict[int, str]) -> None:
    holder = move.post.holder_id
    facts = {
        "post": move.post.title,
        "area": move.post.area.name,
        "holder": names.get(holder or 0, "—"),
        "name": names.get(move.after or 0, "—"),
        "before": names.get(move.before or 0, "—"),
        "reason": move.absence.reason if move.absence else change.cause,
    }
    if move.after is not None and move.after == holder:
        _say(change, move, "back", [holder], facts)
        _say(change, move, "relieved", [move.before], facts)
    elif move.after is not None:
        _say(change, move, "stand_in", [move.after], facts, is_urgent=True)
        _say(change, move, "stood_in_for", [move.before, holder], facts, besides=move.after)
    else:
        _say(change, move, "lost", [move.before], facts)


def _say(
    change: LineChange,
    move: LineMove,
    what: str,
    users: Iterable[int | None],
    facts: dict[str, str],
    *,
    is_urgent: bool = False,
    besides: int | None = None,
) -> None:
    people = {user for user in users if user is not None} - {besides}
    if people:
        tell(
            kind=f"posts.{what}",
            users=people,
            area=move.post.area_id,
            facts=facts,
            page="my_tasks" if what == "stand_in" else "my_account",
            kwargs={},
            key=f"{move.post.pk}:{change.now.isoformat()}",
            now=change.now,
            is_urgent=is_urgent,
        )


def _tell_alarm(change: LineChange) -> None:
    """Tell the desks of the area and of the level above which posts nobody can act for now."""
    empty: dict[int, list[LineMove]] = {}
    for move in change.posts:
        if move.after is None:
            empty.setdefault(move.post.area_id, []).append(move)
    for area, moves in empty.items():
        above = parent_of(area)
        desks = desks_of_many([area, *([above] if above is not None else [])], change.now)
        if desks:
            tell(
                kind="posts.nobody",
                users=desks,
                area=area,
                facts={
                    "post": [move.post.title for move in moves[:3]],
                    "area": moves[0].post.area.name,
                    "count": len(moves),
                },
                page="post_list",
                kwargs={},
                key=f"{area}:{change.now.isoformat()}",
                now=change.now,
                is_urgent=True,
            )


def _tell_standing(change: LineChange) -> None:
    """Tell everyone whose prepared posts hold from now on, or no more; one message each."""
    by_user: dict[int, list[LineMove]] = {}
    for move in change.posts:
        user = move.after if change.cause == "stood_up" else move.before
        if user is not None:
            by_user.setdefault(user, []).append(move)
    if not by_user:
        return
    tell(
        kind=f"posts.{change.cause}",
        users=by_user,
        area=min(move.post.area_id for move in change.posts),
        facts={},
        page="my_account",
        kwargs={},
        key=change.now.isoformat(),
        now=change.now,
        is_urgent=change.cause == "stood_up",
    )
