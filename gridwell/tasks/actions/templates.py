"""Templates (任务模板): kept by the desk, run once a day and when the mode changes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts.models import Post
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import hold, record
from gridwell.core.bulk import insert_rows
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.orders.queries.modes import mode_of
from gridwell.places.models import Grid, Place
from gridwell.tasks.actions.silence import answered
from gridwell.tasks.actions.steps import post_in
from gridwell.tasks.kinds import MODES, kinds
from gridwell.tasks.labels import FIELDS, SPREADS
from gridwell.tasks.models import Task, TaskTemplate
from gridwell.tasks.queries.access import standing_in
from gridwell.tasks.queries.responsible import NOWHERE, charge_of, spots_of
from gridwell.tasks.rules.due import due_of_day
from gridwell.tasks.rules.states import Who
from gridwell.tasks.rules.templates import is_due_on

_COLUMNS = (
    "community", "ref", "kind", "subject_kind", "subject", "place", "building", "grid", "post",
    "title", "words", "facts", "origin", "basis", "slot", "state", "is_urgent", "rank", "starts_at",
    "due_at", "ends_at", "asked_at", "end_reason", "level", "created_at", "changed_at",
)  # fmt: skip


@transaction.atomic
def save_template(
    *,
    actor: Actor,
    community: int,
    kind: str,
    title: str = "",
    rhythm: str = "daily",
    weekdays: Sequence[int] = (),
    hour: int = 18,
    modes: Sequence[str] = (),
    spread: str = "area",
    post: Post | None = None,
    now: datetime,
) -> TaskTemplate:
    """Keep a template; from the next day on, or at once by `run_templates`, it makes tasks."""
    actor = answered(actor, now)
    _require(actor, community)
    if kind not in kinds():
        raise RuleBroken("tasks.unknown_kind", kind=kind)
    wrong = (
        ("weekdays", rhythm == "weekly" and not set(weekdays)),
        ("weekdays", rhythm not in {"daily", "weekly"} or not set(weekdays) <= set(range(7))),
        ("hour", not 0 <= hour <= 24),
        ("spread", spread not in SPREADS or not set(modes) <= set(MODES)),
    )
    for name, is_wrong in wrong:
        if is_wrong:
            raise RuleBroken("tasks.template_wrong", field=FIELDS[name])
    if kind == "free" and not title.strip():
        raise RuleBroken("tasks.words_needed")
    template = TaskTemplate.objects.create(
        community_id=community,
        kind=kind,
        title=title.strip()[:120],
        rhythm=rhythm,
        weekdays=sorted(set(weekdays)),
        hour=hour,
        modes=[mode for mode in MODES if mode in modes],
        spread=spread,
        post=post_in(post, community, now) if post else None,
        starts_at=now,
        created_by=actor.user_id,
    )
    record(
        "tasks.template_saved",
        actor=actor,
        community=community,
        subject=template,
        at=now,
        kind_of_task=kind,
        spread=spread,
    )
    return template


@transaction.atomic
def end_template(*, actor: Actor, template: TaskTemplate, now: datetime) -> TaskTemplate:
    """End a template; the tasks it made stay."""
    actor = answered(actor, now)
    _require(actor, template.community_id)
    hit = TaskTemplate.objects.filter(
        pk=template.pk, community_id=template.community_id, ends_at=None
    ).update(ends_at=now)
    if not hit:
        raise RuleBroken("tasks.template_ended")
    template.ends_at = now
    record(
        "tasks.template_ended",
        actor=actor,
        community=template.community_id,
        subject=template,
        at=now,
    )
    return template


def _require(actor: Actor, community: int) -> None:
    who = standing_in(actor, community, None)
    if not who & {Who.DESK, Who.UPPER, Who.SYSTEM}:
        raise RuleBroken("tasks.not_yours") if actor.covers(community) else NotVisible


@transaction.atomic
def run_templates(*, community: int, day: date, now: datetime) -> int:
    """Make the day's tasks of all templates that run in the present mode; twice = once.

    Called at the turn of the day, and after a mode change for what the new mode adds.
    """
    rows = TaskTemplate.objects.filter(live(now), community_id=community).order_by("pk")
    mode = mode_of(community, now)
    due = [t for t in rows if is_due_on(t.rhythm, t.weekdays, t.modes, day, mode)]
    if not due:
        return 0
    hold(community)
    slot = day.isoformat()
    known = set(
        Task.objects.filter(
            community_id=community, slot=slot, basis__in=[_basis(t) for t in due]
        ).values_list("kind", "subject_kind", "subject", "basis")
    )
    wanted = [
        (template, subject_kind, subject)
        for template in due
        for subject_kind, subject in _subjects(community, template)
        if (template.kind, subject_kind, subject, _basis(template)) not in known
    ]
    if not wanted:
        return 0
    charge = charge_of(community, now)
    spots = spots_of(community, {(kind, subject) for _, kind, subject in wanted})

    def values() -> Iterable[tuple[object, ...]]:
        for template, subject_kind, subject in wanted:
            spot = spots.get((subject_kind, subject), NOWHERE)
            kind = kinds()[template.kind]
            due_at = min(due_of_day(day, min(template.hour, 23), now), end_of(day))
            yield (
                community, new_ref(), template.kind, subject_kind, subject, spot.place,
                spot.building, spot.grid, template.post_id or charge.post_for(kind, spot),
                template.title, "", {"template": template.pk}, "template", _basis(template), slot,
                "open", kind.is_urgent, 100, max(start_of(day), template.starts_at), due_at,
                end_of(day), now, "", "", now, now,
            )  # fmt: skip

    made = insert_rows(Task, _COLUMNS, values())
    record(
        "tasks.template_run",
        actor=Actor.system(community),
        community=community,
        at=now,
        count=made,
        day=slot,
    )
    return made


def communities_with_templates(now: datetime) -> list[int]:
    """Return the communities that keep live templates."""
    rows = TaskTemplate.objects.filter(live(now)).order_by().values_list("community_id", flat=True)
    return sorted(rows.distinct())


def _basis(template: TaskTemplate) -> str:
    return f"template:{template.pk}"


def _subjects(community: int, template: TaskTemplate) -> list[tuple[str, int]]:
    if template.spread == "grid":
        grids = Grid.objects.filter(community_id=community, ended_at=None, parent=None)
        return [("grid", pk) for pk in grids.order_by("pk").values_list("pk", flat=True)]
    if template.spread == "building":
        houses = Place.objects.filter(
            community_id=community, kind__in=("building", "row"), merged_into=None, ended_at=None
        )
        return [("building", pk) for pk in houses.order_by("pk").values_list("pk", flat=True)]
    return [("area", community)]
