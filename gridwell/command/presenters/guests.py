"""The pages of guests (暂住、访客、店员) and of exemptions (免检), and what a person's file says of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext as _

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Actor
from gridwell.command.forms import NarrowForm
from gridwell.command.presenters.words import say
from gridwell.core import clock
from gridwell.core.facts import holds_in
from gridwell.core.paging import page_of
from gridwell.core.templatetags.core_tags import near_day
from gridwell.health.labels import EXEMPTIONS, OUTCOMES
from gridwell.health.models import Exemption
from gridwell.health.queries import exemptions_of, guests_sampled_between
from gridwell.plan.actions import up_to_date
from gridwell.plan.labels import DUTIES
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import RESTRICTING, DutyCode
from gridwell.residents.labels import GUESTS
from gridwell.residents.models import Stay
from gridwell.residents.rules.masking import mask_phone


@dataclass(frozen=True)
class State:
    """A state of a person as the register's pages show it."""

    subject: int
    text: str
    tone: str = ""
    url: str = ""


def guest_page(page: Page[Stay], community: int, now: datetime) -> dict[str, Any]:
    """Return the list of guests with what the day asks of each: the plan's word, not another one."""
    day = clock.day_of(now)
    plan = up_to_date(community=community, day=day, now=now).plan
    sampled = guests_sampled_between(community, clock.start_of(day), clock.end_of(day))
    rows = []
    for stay in page.object_list:
        codes = dict.fromkeys(duty.code for duty in plan.duties_of(guest_id(stay.pk)))
        is_due = DutyCode.BE_SAMPLED in codes
        rows.append(
            {
                "stay": stay,
                "kind": say(GUESTS, stay.kind),
                "phone": mask_phone(stay.phone) if stay.phone else "",
                "is_here": stay.starts_at <= now,
                "holds": [say(DUTIES, c) for c in codes if c in RESTRICTING],
                "is_due": is_due and stay.pk not in sampled,
                "outcome": say(OUTCOMES, sampled[stay.pk]) if stay.pk in sampled else "",
            }
        )
    return {"rows": rows, "page": page, "total": page.paginator.count}


def exemption_page(
    request: ActorRequest, narrow: NarrowForm, community: int, now: datetime
) -> dict[str, Any]:
    """Return the exemptions that hold or are to come, or those that have ended."""
    rows = narrow.of(exemptions_of(request.actor, community))
    past = request.GET.get("show") == "past"
    rows = rows.filter(ends_at__lte=now).order_by("-ends_at") if past else rows.filter(
        ends_at__gt=now
    )  # fmt: skip
    found = page_of(request, rows, 100)
    return {
        "rows": [(row, say(EXEMPTIONS, row.reason), row.starts_at > now) for row in found],
        "page": found,
        "total": found.paginator.count,
        "past": past,
    }


def exempt_states(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Say of each person who is exempt from sampling until when; one query for all."""
    rows = Exemption.objects.filter(
        holds_in(clock.start_of(day), clock.end_of(day)),
        superseded_at=None,
        resident_id__in=list(ids),
    )
    for row in rows:
        until = clock.last_day_of(row.ends_at) if row.ends_at is not None else None
        facts = {
            "until": near_day(until, clock.today()) if until is not None else "—",
            "why": say(EXEMPTIONS, row.reason),
        }
        yield State(row.resident_id, _("exempt until %(until)s: %(why)s") % facts, "info")
