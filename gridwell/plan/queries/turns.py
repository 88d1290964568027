"""Whose turn it is among key people on a day: circumstances, last samples, the protocol's frequencies."""

from datetime import date

from django.db.models import Max

from gridwell.core.clock import day_of, end_of, start_of
from gridwell.core.facts import holds_in
from gridwell.health.models import Sample
from gridwell.plan.rules.turns import KeyTurn, key_turn
from gridwell.protocols.queries import protocol_for
from gridwell.residents.models import Trait
from gridwell.residents.rules.traits import words


def key_turns(community: int, day: date) -> dict[int, KeyTurn]:
    """Return the turn of each of the key people, due or not yet. Two queries beside the protocol's.

    Whatever round or desk took the last sample: who was sampled is not asked again before it is time.
    """
    protocol = protocol_for(community, day)
    if protocol is None or not protocol.key_people_every:
        return {}
    codes = {word.partition(":")[0] for every in protocol.key_people_every for word in every.who}
    rows = Trait.objects.filter(
        holds_in(start_of(day), end_of(day)),
        community_id=community,
        superseded_at=None,
        code__in=codes,
        resident__merged_into=None,
        resident__died_on=None,
    )
    said: dict[int, set[tuple[str, str]]] = {}
    for resident, code, value in rows.values_list("resident_id", "code", "value"):
        said.setdefault(resident, set()).add((code, value))
    last = _last_days(community, day, list(said))
    found = (
        key_turn(who, words(pairs), last.get(who), day, protocol.key_people_every)
        for who, pairs in said.items()
    )
    return {turn.resident: turn for turn in found if turn is not None}


def _last_days(community: int, day: date, residents: list[int]) -> dict[int, date]:
    """Return the day of each one's last sample before `day`."""
    found: dict[int, date] = {}
    samples = Sample.objects.filter(
        community_id=community, superseded_at=None, sampled_at__lt=start_of(day)
    )
    for start in range(0, len(residents), 800):
        part = samples.filter(resident__in=residents[start : start + 800]).order_by()
        for who, at in part.values_list("resident_id").annotate(at=Max("sampled_at")):
            found[who] = day_of(at)
    return found
