"""What rounds are called, and what is said to call people (通知文本、喊话词); nothing personal in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gridwell.core.joining import joined
from gridwell.orders.labels import PURPOSES
from gridwell.orders.models import RoundOrder
from gridwell.residents.labels import TRAIT_VALUES, TRAITS
from gridwell.screening.hours import span
from gridwell.screening.models import Round

CHINESE = "zh-hans"
MOST_SAID = 2
"""So many turns of a building go into one call; more are called one by one."""


def round_name(row: Round) -> str:
    """Return what people call a round: its purpose, its number, its zone."""
    return order_name(row.order)


def order_name(order: RoundOrder) -> str:
    """Return what people call an ordered round."""
    facts = {
        "purpose": str(PURPOSES.get(order.purpose, order.purpose)),
        "number": order.number,
        "zone": order.zone.name if order.zone is not None else "",
    }
    if order.zone is not None:
        return _("%(purpose)s %(zone)s, day %(number)s") % facts
    if order.traits:
        facts["who"] = joined(trait_words(word) for word in order.traits)
        return _("%(purpose)s no. %(number)s (%(who)s)") % facts
    return _("%(purpose)s no. %(number)s") % facts


def trait_words(word: str) -> str:
    """Return a circumstance that an order names in words: "risk_post:courier"."""
    code, _sep, value = word.partition(":")
    said = str(TRAITS.get(code, code))
    return f"{said}（{TRAIT_VALUES.get(value, value)}）" if value else said


@dataclass(frozen=True)
class Turn:
    """When and where some of a building come down. `who` is empty for the whole building."""

    starts_at: datetime
    ends_at: datetime
    site: str
    who: str = ""
    where: str = ""  # the site in words
    walks_badly: bool = False
    on: date | None = None  # the day of the round

    @property
    def times(self) -> str:
        """Return from when to when, local time."""
        return span(self.starts_at, self.ends_at, self.on)


def day_said(day: date) -> str:
    """Return a day as it is said aloud: the month and the day."""
    return _("%(month)s/%(day)s") % {"month": day.month, "day": day.day}


def turn_words(turn: Turn, *, with_where: bool = True) -> str:
    """Return one turn: who comes when to which site."""
    site = f"{turn.site}（{turn.where}）" if turn.where and with_where else turn.site
    facts = {
        "who": turn.who or pgettext("who comes down", "everybody"),
        "times": turn.times,
        "site": site,
    }
    if turn.walks_badly:
        return _("who walks badly: %(times)s, %(site)s") % facts
    return _("%(who)s: %(times)s, %(site)s") % facts


def group_text(
    *,
    round: Round,
    building: str,
    turns: Sequence[Turn],
    community: str,
    telephone: str = "",
) -> str:
    """Return the text for a building's group: what, when, where, what to bring, whom to ask."""
    facts = {"building": building, "round": round_name(round), "day": day_said(round.on)}
    lines = [
        _("[Sampling] Neighbours of %(building)s: %(round)s is on %(day)s. Everybody who is here.")
        % facts
    ]
    if turns:
        lines += [f"{n}. {turn_words(turn)}" for n, turn in enumerate(turns, start=1)]
    else:
        lines.append(_("Please come down when you are called; the community says to which site."))
    lines += [
        _("Bring your ID card or family card; who has no telephone comes all the same."),
        _("Wear a mask, keep two metres apart, come at your time: then nobody waits long."),
        _("Who cannot leave home, or has a fever: stay there and tell us, we come to the door."),
    ]
    tail = _("Community: %(community)s") % {"community": community}
    if telephone:
        tail += " " + _("telephone %(number)s") % {"number": telephone}
    return "\n".join([*lines, tail])


def who_words(turn: Turn) -> str:
    """Return who of a building comes in a turn."""
    if turn.walks_badly:
        return _("who walks badly")
    return turn.who or pgettext("who comes down", "everybody")


def turn_call(turn: Turn, building: str) -> str:
    """Return what is called through the loudspeaker when the time of a turn has come."""
    facts = {"building": building, "who": who_words(turn), "site": turn.site, "times": turn.times}
    return (
        _("%(building)s, %(who)s: your time is %(times)s, please come down to %(site)s now.")
        % facts
    )


@dataclass(frozen=True)
class Script:
    """What is called through the loudspeaker and what is said on the telephone (喊话词、电话词)."""

    loudspeaker: str
    telephone: str


def script_of(*, round: Round, building: str, turns: Sequence[Turn], community: str) -> Script:
    """Return two or three sentences for each way to call.

    Many turns are too much for one call: then each has a line of its own (`turn_call`).
    """
    facts = {
        "building": building,
        "round": round_name(round),
        "community": community,
        "turns": _("; ").join(turn_words(turn, with_where=False) for turn in turns),
    }
    if len(turns) > MOST_SAID:
        return Script(
            _(
                "Neighbours of %(building)s, this is %(community)s: today is %(round)s. Come down by "
                "entrance, each at its time; listen for yours. Bring your ID card, wear a mask, keep "
                "two metres apart."
            )
            % facts,
            _(
                "Hello, this is %(community)s. %(round)s is under way and your door is not done yet. "
                "Your time and site are (see below). Can everybody come? If somebody cannot walk or is "
                "away, tell me now."
            )
            % facts,
        )
    if turns:
        return Script(
            _(
                "Neighbours of %(building)s, this is %(community)s: it is your turn for %(round)s. "
                "%(turns)s. Bring your ID card, wear a mask, keep two metres apart."
            )
            % facts,
            _(
                "Hello, this is %(community)s. %(round)s is under way and your door is not done yet: "
                "%(turns)s. Can everybody come? If somebody cannot walk or is away, tell me now."
            )
            % facts,
        )
    return Script(
        _(
            "Neighbours of %(building)s, this is %(community)s: it is your turn for %(round)s. Please "
            "come down now. Bring your ID card, wear a mask, keep two metres apart."
        )
        % facts,
        _(
            "Hello, this is %(community)s. %(round)s is under way and your door is not done yet. Can "
            "everybody come down now? If somebody cannot walk or is away, tell me now."
        )
        % facts,
    )


def scripts_of(
    *, round: Round, building: str, turns: Sequence[Turn], community: str
) -> list[tuple[str, Script]]:
    """Return the script in Chinese, and in the language of the page where that is another."""
    found = []
    for code in dict.fromkeys((CHINESE, translation.get_language() or CHINESE)):
        with translation.override(code):
            script = script_of(round=round, building=building, turns=turns, community=community)
            found.append((code, script))
    return found


def task_words(round: Round, building: str, turns: Sequence[Turn]) -> str:
    """Return what whoever is in charge of a house is asked to say, in the language of the house."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = {"building": building, "round": round_name(round)}
        head = _("Call %(building)s down for %(round)s, and say here that it is done.") % facts
        return "\n".join([head, *(f"{n}. {turn_words(t)}" for n, t in enumerate(turns, start=1))])
