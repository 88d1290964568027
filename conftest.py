"""The standing cast of the tests: who acts, in two communities of one subdistrict."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import translation

from gridwell.accounts.rules.actor import Actor, Role


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look through nothing for garbage that was loaded or collected; it stays to the end.

    Seven thousand tests are a heap that Python would walk again and again: a quarter of the run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def officer(db: None) -> Actor:
    """A community officer."""
    from gridwell.accounts.tests.make import make_actor

    return make_actor(username="officer")


@pytest.fixture
def other_officer(db: None) -> Actor:
    """An officer of the community next door."""
    from gridwell.accounts.tests.make import make_actor
    from gridwell.places.tests.make import OTHER_COMMUNITY

    return make_actor(username="other_officer", area=OTHER_COMMUNITY)


@pytest.fixture
def grid_worker(db: None) -> Actor:
    """The grid worker of grid 1."""
    from gridwell.accounts.tests.make import make_actor
    from gridwell.places.tests.make import make_grid

    return make_actor(username="grid_worker", role=Role.GRID_WORKER, grids=(make_grid(number="1"),))


@pytest.fixture
def other_grid_worker(db: None) -> Actor:
    """The grid worker of grid 2."""
    from gridwell.accounts.tests.make import make_actor
    from gridwell.places.tests.make import make_grid

    return make_actor(
        username="other_grid_worker", role=Role.GRID_WORKER, grids=(make_grid(number="2"),)
    )


@pytest.fixture
def district_officer(db: None) -> Actor:
    """An officer of the district above both communities."""
    from gridwell.accounts.tests.make import make_actor

    return make_actor(username="district", role=Role.DISTRICT_OFFICER, area=140109000000)


@pytest.fixture
def shared() -> Path:
    """The folder of real notices and ledgers, where it lies beside the project."""
    folder = os.environ.get("GRIDWELL_SHARED")
    if not folder:
        pytest.skip("GRIDWELL_SHARED is not set: the real notices and ledgers are not at hand")
    return Path(folder)


@pytest.fixture(autouse=True)
def _house_language() -> None:
    """Begin each test in the language of the house, whatever the test before it spoke."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """After a test that committed, empty the tables that it filled and no others."""
    from tests.support.emptying import empty

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty())
        yield
