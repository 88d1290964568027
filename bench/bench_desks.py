"""Twenty sampling desks at once over HTTP, audit included; and the officer's pages meanwhile.

`gridwell serve` on SQLite with its own defaults, 8,097 people, two rounds of everybody. Each desk
sends what the desk's page sends: one request a scan, a tube of ten and then the next. The desks keep
a pace of 55 samples a second together, as scanners would, and not one request after the other as
fast as they can: what is measured is how long each waits. p95 and any refusal, "locked" for one,
count; `desks-rate` gives the samples a second that came to stand in the database.

`missing` asks for the missing list and the board of a building while the desks write.
Three minutes; GRIDWELL_BENCH_SECONDS makes it shorter.
"""

import http.client
import json
import os
import resource
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bench import data
from bench.bench_pages import TOKEN, WARM_UP, Visit, p95, served, session_of, timed
from bench.harness import Bench, Measured

SECONDS = float(os.environ.get("GRIDWELL_BENCH_SECONDS", "180"))
DESKS = 20
PACE = 55.0  # samples a second of all desks together
POOL = 10
ROUNDS = 2


def lay_rounds() -> None:
    """Make a community with two open rounds of everybody and the people of twenty desks, once."""
    data.lay_community("desks")
    from django.db import transaction

    from gridwell.core import clock
    from gridwell.demo.building import STANDS_AT
    from gridwell.screening.models import Round, RoundMember

    data.enter("desks")
    if Round.objects.count() == ROUNDS:
        return
    clock.move_to(STANDS_AT)
    with transaction.atomic():
        _people()
        for number in range(1, ROUNDS + 1):
            _open(number)
        # Everybody comes down: the demo's zones would have all of them sampled at their doors.
        RoundMember.objects.update(at_door=False, door_reason="")


def _people() -> None:
    """Register who sits at the desks, and the officer who looks."""
    from gridwell.accounts.models import Team
    from gridwell.accounts.rules.actor import Role
    from gridwell.accounts.tests.make import LONG_AGO, make_post, make_user
    from gridwell.places.models import Area

    area = Area.objects.get(pk=data.CODE)
    team = Team.objects.create(area=area, kind="sampling", name="采样一组", starts_at=LONG_AGO)
    for number in range(DESKS):
        user = make_user(username=f"d{number}")
        post = make_post(area=data.CODE, holder=user, role=Role.TEAM_MEMBER)
        post.team = team
        post.save()
    make_post(area=data.CODE, holder=make_user(username="looks"))


def _open(number: int) -> None:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.demo.building import STANDS_AT
    from gridwell.orders.actions.rounds import order_round
    from gridwell.orders.actions.zones import Basis
    from gridwell.screening.actions.rounds import open_round, plan_round

    actor = Actor.system(data.CODE)
    order = order_round(
        actor=actor,
        community=data.CODE,
        purpose="city_round",
        number=number,
        on=STANDS_AT.date(),
        pool=str(POOL),
        basis=Basis(ordered_by="指挥部", clause="T4-8"),
        now=STANDS_AT,
    )
    open_round(
        actor=actor, round=plan_round(actor=actor, order=order, now=STANDS_AT), now=STANDS_AT
    )


@dataclass
class Sitting:
    """A desk at work: who still waits in front of it, and how each request went."""

    number: int
    port: int
    session: str
    people: list[tuple[int, str]]  # round, key
    taken: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    samples: int = 0

    def work(self, begin: float, end: float) -> None:
        """Sample at the pace until the end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        gap = DESKS / PACE
        device, tube, inside, of = uuid4().hex, "", 0, 0
        for turn, (round_id, key) in enumerate(self.people):
            due = begin + (turn + self.number / DESKS) * gap
            if due >= end:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            acts = []
            if inside in {0, POOL} or of != round_id:
                tube, inside, of = uuid4().hex, 0, round_id
                code = f"B{self.number:02}{turn:06}"
                acts.append(("open", tube, {"code": code, "purpose": "pool"}))
            inside += 1
            acts.append(("add", uuid4().hex, {"tube": tube, "person": key, "at_door": False}))
            self._send(connection, round_id, device, acts, turn)

    def _send(
        self,
        connection: http.client.HTTPConnection,
        round_id: int,
        device: str,
        acts: Any,
        turn: int,
    ) -> None:
        from gridwell.core import clock

        now = clock.now().isoformat()
        entries = [{"act": a, "ref": ref, "at": now, "body": body} for a, ref, body in acts]
        said = {"device": device, "made": turn, "waiting": 0, "people": 0}
        body = json.dumps({"now": now, "desk": "", "entries": entries, **said})
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/json",
        }
        begun = time.perf_counter()
        connection.request("POST", f"/desk/{round_id}/send/", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        self.taken.append((time.perf_counter() - begun) * 1000)
        words = (
            [one["words"] for one in json.loads(told)["answers"] if one["what"] != "taken"]
            if answer.status == 200
            else [f"{answer.status} {told[:200]!r}"]
        )
        self.faults += words
        self.samples += not words


def _dealt(port: int) -> list[Sitting]:
    """Return the desks with the people of both rounds dealt among them."""
    from gridwell.accounts.models import User
    from gridwell.screening.models import Round, RoundMember

    User.objects.update(must_change_password=False)
    lines = [
        (row.pk, f"r:{ref.hex}")
        for row in Round.objects.order_by("pk")
        for ref in RoundMember.objects.filter(round=row, exempt="", resident__isnull=False)
        .order_by("pk")
        .values_list("resident__ref", flat=True)
    ]
    return [
        Sitting(number, port, session_of(f"d{number}"), lines[number::DESKS])
        for number in range(DESKS)
    ]


def _with_desks(
    look: Callable[[int, float], list[float]],
) -> tuple[list[Sitting], list[float], float]:
    """Let the desks work on a fresh copy while `look` asks for pages; return all and the seconds."""
    source = data.FOLDER / f"desks-{data.tables()}"
    copy = data.FOLDER / f"desks-run-{data.tables()}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)
    data.enter("desks-run")
    from gridwell.core import clock
    from gridwell.demo.building import STANDS_AT

    try:
        clock.move_to(STANDS_AT)
        with served() as port:
            desks = _dealt(port)
            begin = time.monotonic() + 1
            end = begin + SECONDS
            threads = [threading.Thread(target=desk.work, args=(begin, end)) for desk in desks]
            for thread in threads:
                thread.start()
            looked = look(port, end)
            for thread in threads:
                thread.join()
            _require_all(desks)
            return desks, looked, time.monotonic() - begin
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _require_all(desks: list[Sitting]) -> None:
    """Fail when anything was refused, or what stands is not what was answered."""
    from gridwell.audit.models import AuditEntry
    from gridwell.health.models import Sample

    faults = [fault for desk in desks for fault in desk.faults]
    assert not faults, f"{len(faults)} refused: {faults[:3]}"
    sent = sum(desk.samples for desk in desks)
    assert Sample.objects.filter(superseded_at=None).count() == sent
    assert AuditEntry.objects.filter(act="screening.batch_taken").count() == sent


def _told(desks: list[Sitting], seconds: float) -> tuple[float, float]:
    taken = [one for desk in desks for one in desk.taken]
    rate = len(taken) / seconds
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # the server and its worker, ended by now
    each = (used.ru_utime + used.ru_stime) / len(taken) * 1000
    print(f"  {each:.1f} ms of CPU a sample, pages and start included", file=sys.stderr)
    print(
        f"  {len(taken)} samples in {seconds:.0f} s, {rate:.1f}/s; p50 {sorted(taken)[len(taken) // 2]:.0f} ms,"
        f" p95 {p95(taken):.0f} ms, slowest {max(taken):.0f} ms",
        file=sys.stderr,
    )
    return p95(taken), rate


def _desks() -> Measured:
    desks, _looked, seconds = _with_desks(lambda _port, _end: [])
    return Measured(_told(desks, seconds)[0])


def _rate() -> Measured:
    desks, _looked, seconds = _with_desks(lambda _port, _end: [])
    return Measured(_told(desks, seconds)[1])


def _look(port: int, end: float) -> list[float]:
    """Ask for the missing list and a board, turn about, until the desks stop."""
    from gridwell.places.models import Place
    from gridwell.screening.models import Round

    row = Round.objects.order_by("pk").last()
    building = Place.objects.filter(community=data.CODE, kind="building").order_by("pk").first()
    assert row is not None
    assert building is not None
    visits = [
        Visit("missing", f"/{data.CODE}/rounds/{row.pk}/missing/"),
        Visit("board", f"/{data.CODE}/register/buildings/{building.pk}/"),
    ]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    session = session_of("looks")
    taken: dict[str, list[float]] = {visit.name: [] for visit in visits}
    while time.monotonic() < end:
        for visit in visits:
            milliseconds, status = timed(connection, visit, session)
            assert status == 200, f"{visit.url} answers {status}"
            taken[visit.name].append(milliseconds)
            time.sleep(0.2)
    slow = {name: p95(found[WARM_UP:] or found) for name, found in taken.items()}
    for name, milliseconds in slow.items():
        print(f"  {name:<10}{milliseconds:6.1f} ms of {len(taken[name])}", file=sys.stderr)
    return list(slow.values())


def _missing() -> Measured:
    desks, looked, seconds = _with_desks(_look)
    _told(desks, seconds)
    return Measured(max(looked))


BENCHES = [
    Bench("desks", "ms", _desks, bar=150, prepare=lay_rounds, times=1),
    Bench("desks-rate", "/s", _rate, bar=50, prepare=lay_rounds, times=1, at_least=True),
    Bench("missing", "ms", _missing, bar=100, prepare=lay_rounds, times=1),
]
