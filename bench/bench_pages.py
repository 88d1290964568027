"""Pages' time through the real server on loopback, signed in, as every role.

The bar is the 95th percentile of 200 requests to each page after five to warm up. The line gives
the slowest page of the slowest role; all of them go to stderr.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import data
from bench.harness import Bench, Measured

REQUESTS = int(os.environ.get("GRIDWELL_BENCH_REQUESTS", "200"))
WARM_UP = 5
TOKEN = "b" * 32


@dataclass(frozen=True)
class Visit:
    """A page as somebody asks for it; `body` makes it a POST.

    `is_for_all` says that people without a desk have it too: heads of buildings, members of groups.
    """

    name: str
    url: str
    body: str = ""
    is_for_all: bool = False


@dataclass(frozen=True)
class Seat:
    """A holder of one role whose range holds the largest community."""

    role: str
    username: str
    post: int
    grids: list[int]
    has_desk: bool


def lay_demo() -> None:
    """Build the whole demo once."""
    home = data.enter("demo")
    if data.ready(home):
        return
    print(f"making {home}", file=sys.stderr)
    from gridwell.core import installation
    from gridwell.demo import building

    installation.lay_folder()
    installation.migrate()
    building.build(lambda *_, **__: None)
    data.finish(home)


def session_of(username: str) -> str:
    """Return the key of a signed-in session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from gridwell.accounts.models import User

    user = User.objects.get(username=username)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _visits(community: int, seat: Seat) -> list[Visit]:
    """Return the pages of a community that the bars name; a grid worker's lie in their grids."""
    grids = seat.grids
    from gridwell.places.models import Place
    from gridwell.places.rules.levels import PlaceKind
    from gridwell.residents.models import Household

    buildings = Place.objects.filter(community=community, kind=PlaceKind.BUILDING)
    households = Household.objects.filter(community=community)
    if grids:
        buildings = buildings.filter(grid__in=grids)
        households = households.filter(dwelling__grid__in=grids)
    building, household = buildings.first(), households.order_by("pk").last()
    assert building is not None
    assert household is not None
    base = f"/{community}"
    return [
        Visit("mine", "/work/mine/", is_for_all=True),
        Visit("today", f"{base}/today/"),
        Visit("buildings", f"{base}/register/buildings/"),
        Visit("board", f"{base}/register/buildings/{building.pk}/"),
        Visit("households", f"{base}/register/households/"),
        Visit("people", f"{base}/register/people/"),
        Visit("file", f"{base}/register/households/{household.pk}/"),
        Visit("search", f"{base}/search/", urlencode({"q": "zh", "csrfmiddlewaretoken": TOKEN})),
        Visit("zones", f"{base}/orders/zones/"),
        Visit("notices", f"{base}/orders/notices/"),
    ]


def seats() -> list[Seat]:
    """Return one holder of each role whose range holds the largest community."""
    from gridwell.accounts.models import Post
    from gridwell.accounts.queries import serving
    from gridwell.accounts.rules.actor import DUTY_ROLES
    from gridwell.core import clock
    from gridwell.places.rules.levels import span_of

    found: dict[str, Seat] = {}
    posts = Post.objects.filter(serving(clock.now())).exclude(holder=None).order_by("pk")
    for post in posts.select_related("holder").prefetch_related("grids"):
        low, high = span_of(post.area_id)
        if low <= data.CODE < high and post.holder is not None and post.role not in found:
            grids = [grid.pk for grid in post.grids.all()]
            has_desk = post.role not in DUTY_ROLES
            name = post.holder.username
            found[post.role] = Seat(post.role, name, post.pk, grids, has_desk)
    return list(found.values())


@contextmanager
def served() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "gridwell", "serve", "--port", str(port), "--no-worker"],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def timed(connection: http.client.HTTPConnection, visit: Visit, session: str) -> tuple[float, int]:
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
    if visit.body:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    begun = time.perf_counter()
    connection.request("POST" if visit.body else "GET", visit.url, visit.body or None, headers)
    answer = connection.getresponse()
    answer.read()
    return (time.perf_counter() - begun) * 1000, answer.status


def p95(taken: list[float]) -> float:
    return sorted(taken)[max(int(len(taken) * 0.95) - 1, 0)]


def _run() -> Measured:
    return measure_pages("demo", _visits)


def measure_pages(name: str, visits_of: Callable[[int, Seat], list[Visit]]) -> Measured:
    """Return the worst p95 of pages of an installation, asked for as every role; prints each.

    A role that no page answers is a fault of the benchmark, not a fast role.
    """
    home = data.enter(name)
    assert (home / "ready").exists()
    from gridwell.accounts.models import User

    User.objects.filter(must_change_password=True).update(must_change_password=False)
    roles = [(seat, session_of(seat.username), visits_of(data.CODE, seat)) for seat in seats()]
    worst = 0.0
    with served() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for seat, session, visits in roles:
            answered = 0
            for visit in visits:
                if not (seat.has_desk or visit.is_for_all):
                    continue
                taken = []
                for number in range(WARM_UP + REQUESTS):
                    milliseconds, status = timed(connection, visit, session)
                    if status != 200:
                        break
                    if number >= WARM_UP:
                        taken.append(milliseconds)
                shown = f"{p95(taken):6.1f} ms" if taken else f"answers {status}"
                print(f"  {seat.role:<22}{visit.name:<12}{shown}", file=sys.stderr)
                worst = max(worst, p95(taken) if taken else 0.0)
                answered += bool(taken)
            assert answered, f"no page answered {seat.role}"
    return Measured(worst)


BENCHES = [Bench("pages", "ms", _run, bar=100, prepare=lay_demo, times=1)]
