"""Bringing a table into the organisation (导入组织架构): look over, write as one, undo as one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction

from gridwell.accounts import actions as accounts
from gridwell.accounts.actions import duties
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.audit.actions import record
from gridwell.core.errors import NotVisible, RuleBroken, UnreadableFile
from gridwell.core.tables import Limits, body_rows, cell_text, find_header, read_book
from gridwell.organisation.actions.groups import group_name, head_title
from gridwell.organisation.models import Charge, ImportTrace
from gridwell.organisation.queries import importing as queries
from gridwell.organisation.queries.importing import Matched
from gridwell.organisation.queries.naming import now_known
from gridwell.organisation.rules import importing as rules
from gridwell.organisation.rules.importing import Read
from gridwell.places.models import Area

MOST_LINES = 5000
_LIMITS = Limits(file_bytes=10 << 20, unpacked_bytes=100 << 20, columns=100, cells=500_000)


def read_table(path: Path) -> list[Read]:
    """Return the lines of a spreadsheet; raises RuleBroken when there is none to be read."""
    try:
        book = read_book(path, limits=_LIMITS)
    except UnreadableFile as error:
        raise RuleBroken("organisation.file_unread") from error
    found: list[Read] = []
    for sheet in book.sheets:
        header = find_header(sheet, rules.known)
        if header is None:
            continue
        columns = {column.index: rules.column_of(column.name) for column in header.columns}
        if not {"name"} <= set(columns.values()) or not {"duty", "group"} & set(columns.values()):
            continue
        for number, values in body_rows(sheet, header, totals=("合计", "总计")):
            line = {
                code: cell_text(values[index]).strip()
                for index, code in columns.items()
                if code and index < len(values)
            }
            if any(line.values()):
                found.append(rules.read_line(number, line))
            if len(found) > MOST_LINES:
                raise RuleBroken("organisation.too_many_lines", most=MOST_LINES)
    if not found:
        raise RuleBroken("organisation.no_header")
    return found


@transaction.atomic
def keep_table(*, actor: Actor, community: int, path: Path, now: datetime) -> ImportTrace:
    """Read a table and keep its lines, encrypted, until somebody decides; nothing else is written."""
    if not actor.may_manage_posts(community):
        raise NotVisible
    lines = read_table(path)
    return ImportTrace.objects.create(
        community_id=community,
        source=f"table:{uuid4().hex[:12]}",
        state="checked",
        lines=json.dumps([asdict(line) for line in lines], ensure_ascii=False),
        made_by=actor.user_id,
        at=now,
    )


def lines_of(trace: ImportTrace) -> list[Read]:
    """Return the kept lines of an import that waits for a decision."""
    return [Read(**line) for line in json.loads(trace.lines or "[]")]


@transaction.atomic
def write_table(*, actor: Actor, trace: ImportTrace, now: datetime) -> ImportTrace:
    """Write a looked-over table; faulty lines are left out, what stands already stays. Once only."""
    if not actor.may_manage_posts(trace.community_id):
        raise NotVisible
    taken = ImportTrace.objects.filter(pk=trace.pk, state="checked")
    if not taken.update(state="done"):
        raise RuleBroken("organisation.import_decided")
    area = Area.objects.select_for_update(no_key=True).get(pk=trace.community_id)
    rows = queries.match_lines(area.pk, lines_of(trace), now)
    rows = [row for row in rows if not row.fault and row.outcome != "same"]
    made = _Writing(actor, area, now, trace.source).write(rows)
    trace.state, trace.lines, trace.made, trace.at = "done", "", made, now
    trace.save(update_fields=["state", "lines", "made", "at"])
    record(
        "organisation.imported",
        actor=actor,
        community=area.pk,
        subject=trace,
        at=now,
        lines=len(rows),
        counts={key: len(value) for key, value in made.items()},
    )
    return trace


@transaction.atomic
def drop_table(*, actor: Actor, trace: ImportTrace) -> None:
    """Throw a table away that was not written; its lines go."""
    if not actor.may_manage_posts(trace.community_id):
        raise NotVisible
    ImportTrace.objects.filter(pk=trace.pk, state="checked").update(state="dropped", lines="")


def purge_tables(*, now: datetime) -> int:
    """Throw tables away that nobody decided on for thirty days, with the names in them."""
    old = ImportTrace.objects.filter(state="checked", at__lt=now - timedelta(days=30))
    return old.update(state="dropped", lines="")


class _Writing:
    """One writing of a table: accounts, groups, posts and charges, each kind in one go."""

    def __init__(self, actor: Actor, area: Area, now: datetime, source: str) -> None:
        self.actor, self.area, self.now, self.source = actor, area, now, source
        self.lines: dict[int, list[User]] = {}  # A, B, … of each line
        self.made: dict[str, list[Any]] = {
            "users": [], "teams": [], "posts": [], "charges": [], "holders": [], "leaders": [],
            "deputies": [],
        }  # fmt: skip

    def write(self, rows: Sequence[Matched]) -> dict[str, list[Any]]:
        """Write all lines and return the ids of what was made."""
        named = [row for row in rows if row.read.kind != rules.CHARGE]
        lines = [[(row.read.name, row.telephone), *row.deputies] for row in named]  # A, then B, C …
        people = [duties.NewPerson(*person) for line in lines for person in line]
        users, made = duties.enrol_people(
            actor=self.actor, area=self.area, people=people, now=self.now
        )
        self.made["users"] = [user.pk for user in made]
        ordered = iter(users)
        self.lines = {
            id(row): [next(ordered) for _person in line]
            for row, line in zip(named, lines, strict=True)
        }
        self._teams(rows)
        leaders = self._posts([row for row in named if row.post is None])
        for row in named:
            if row.outcome == "leads" and row.team is not None and row.post is not None:
                leaders.setdefault(row.team.pk, row.post)
        self._lead(leaders)
        self._hand_over([row for row in named if row.post is not None])
        self._charges([row for row in rows if row.read.kind == rules.CHARGE])
        return self.made

    def _teams(self, rows: Sequence[Matched]) -> None:
        wanted = {
            (row.read.kind, row.grid.pk if row.grid else None): row.grid
            for row in rows
            if row.read.kind in rules.TEAMS and row.team is None
        }
        new = [
            duties.NewTeam(kind, group_name(kind, grid.name if grid else ""), grid)
            for (kind, _pk), grid in wanted.items()
        ]
        teams = duties.create_teams(actor=self.actor, area=self.area, teams=new, now=self.now)
        by_key = {(team.kind, team.grid_id): team for team in teams}
        for row in rows:
            if row.read.kind in rules.TEAMS and row.team is None:
                row.team = by_key.get((row.read.kind, row.grid.pk if row.grid else None))
        self.made["teams"] = [team.pk for team in teams]

    def _posts(self, rows: Sequence[Matched]) -> dict[int, Post]:
        """Make the posts that are new; return those that lead, by the group."""
        new = [self._duty(row) for row in rows]
        posts = duties.create_duties(actor=self.actor, area=self.area, duties=new, now=self.now)
        self.made["posts"] = [[post.pk, post.holder_id] for post in posts]
        leaders: dict[int, Post] = {}
        for row, post in zip(rows, posts, strict=True):
            if row.team is not None and row.read.is_leader and "second_leader" not in row.notes:
                leaders.setdefault(row.team.pk, post)
        return leaders

    def _lead(self, leaders: Mapping[int, Post]) -> None:
        before = dict(Team.objects.filter(pk__in=leaders).values_list("pk", "leader_post_id"))
        self.made["leaders"] = [[team, before[team], post.pk] for team, post in leaders.items()]
        duties.set_leaders(actor=self.actor, area=self.area, leaders=leaders, now=self.now)

    def _duty(self, row: Matched) -> duties.NewDuty:
        holder, *rest = self.lines[id(row)]
        deputies = tuple(rest)
        if row.read.kind in rules.TEAMS and row.team is not None:
            title = f"{row.team.name} {row.read.duty}"[:60]
            return duties.NewDuty(Role.TEAM_MEMBER, title, holder, team=row.team, deputies=deputies)
        role = Role.UNIT_HEAD if row.read.kind == rules.UNIT_HEAD else Role.BUILDING_HEAD
        assert row.place is not None  # noqa: S101 - a head without a place is a fault
        title = head_title(row.place)
        return duties.NewDuty(role, title, holder, place=row.place, deputies=deputies)

    def _hand_over(self, rows: Sequence[Matched]) -> None:
        """Give standing posts the people that the table names; a few lines in any real table."""
        for row in rows:
            post = row.post
            if post is None:
                continue
            holder, *deputies = self.lines[id(row)]
            if row.outcome == "change":
                self.made["holders"].append([post.pk, post.holder_id, holder.pk])
                accounts.change_holder(
                    actor=self.actor,
                    post=post,
                    holder=holder,
                    seen=post.holder_id,
                    reason=self.source,
                    now=self.now,
                )
            if deputies and (row.outcome == "change" or row.deputies_differ):
                before = list(post.deputies.order_by("rank").values_list("user", flat=True))
                after = [user.pk for user in deputies]
                self.made["deputies"].append([post.pk, before, after])
                accounts.set_deputies(actor=self.actor, post=post, deputies=deputies, now=self.now)

    def _charges(self, rows: Sequence[Matched]) -> None:
        new = [
            Charge(
                community=self.area,
                place=row.place,
                grid=None if row.place else row.grid,
                name=row.read.name[:40],
                telephone=row.telephone,
                unit=row.read.unit,
                remark=row.read.remark,
                starts_at=self.now,
                recorded_at=self.now,
                recorded_by=self.actor.user_id,
                source=self.source,
            )
            for row in rows
        ]
        Charge.objects.bulk_create(new)
        self.made["charges"] = [row.pk for row in new]


@transaction.atomic
def undo_table(*, actor: Actor, trace: ImportTrace, now: datetime) -> None:
    """Take an import back as one act: what it made ends, what it handed over goes back.

    A post that somebody handed to another person since is left as it is, and so is its group.
    """
    if not actor.may_manage_posts(trace.community_id):
        raise NotVisible
    if not ImportTrace.objects.filter(pk=trace.pk, state="done").update(
        state="undone", undone_at=now
    ):
        raise RuleBroken("organisation.import_undone")
    made, area = trace.made, Area.objects.get(pk=trace.community_id)
    _lead_again(actor, area, made["leaders"], now)
    _give_back(actor, trace, now)
    ended = duties.end_duties(
        actor=actor,
        area=area,
        posts=dict(made["posts"]),
        holders=made["users"],
        reason=trace.source,
        now=now,
    )
    duties.end_empty_teams(actor=actor, area=area, teams=made["teams"], now=now)
    _end_charges(actor, trace, now)
    record(
        "organisation.import_undone",
        actor=actor,
        community=area.pk,
        subject=trace,
        at=now,
        posts=ended,
    )


def _lead_again(actor: Actor, area: Area, led: Sequence[Sequence[int]], now: datetime) -> None:
    """Give groups back the leaders that they had; where somebody named another since, that stays."""
    before = {team: (was, given) for team, was, given in led}
    standing = Team.objects.filter(pk__in=before).values_list("pk", "leader_post_id")
    ours = [team for team, post in standing if post == before[team][1]]
    posts = Post.objects.filter(live(now)).in_bulk([was for was, _given in before.values() if was])
    again = {team: posts.get(before[team][0] or 0) for team in ours}
    duties.set_leaders(actor=actor, area=area, leaders=again, now=now)


def _give_back(actor: Actor, trace: ImportTrace, now: datetime) -> None:
    """Give posts that the import handed over back to whom it took them from, deputies included.

    Where somebody else was named since, that stays.
    """
    made = trace.made
    lines = {pk: (before, after) for pk, before, after in made.get("deputies", ())}
    holders = {pk: (before, after) for pk, before, after in made["holders"]}
    standing = Post.objects.filter(live(now), pk__in=[*holders, *lines])
    for post in standing.prefetch_related("deputies"):
        giver, taker = holders.get(post.pk, (None, None))
        if taker is not None and post.holder_id == taker:
            accounts.change_holder(
                actor=actor,
                post=post,
                holder=User.objects.filter(pk=giver, is_active=True).first(),
                seen=post.holder_id,
                reason=trace.source,
                now=now,
            )
        before, after = lines.get(post.pk, ([], None))
        ranked = sorted(post.deputies.all(), key=lambda row: row.rank)
        if after is not None and [row.user_id for row in ranked] == after:
            people = User.objects.filter(is_active=True).in_bulk(before)
            deputies = [people[pk] for pk in before if pk in people]
            accounts.set_deputies(actor=actor, post=post, deputies=deputies, now=now)


def _end_charges(actor: Actor, trace: ImportTrace, now: datetime) -> None:
    """Supersede the charges of an import by rows with their end, in two writes."""
    rows = list(
        Charge.objects.filter(
            now_known(now), community=trace.community_id, pk__in=trace.made["charges"]
        )
    )
    Charge.objects.filter(pk__in=[row.pk for row in rows]).update(superseded_at=now)
    for row in rows:
        row.pk = None
        row._state.adding = True
        row.ends_at, row.ended_reason = now, "undone"
        row.recorded_at, row.recorded_by = now, actor.user_id
    Charge.objects.bulk_create(rows)
