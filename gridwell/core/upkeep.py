"""What packages do once after the tables are there or changed: ship reference data, make caches.

Every step is idempotent: `gridwell init` and `gridwell migrate` run all of them each time.
"""

from collections.abc import Callable

_steps: dict[str, Callable[[], object]] = {}


def after_migrate(name: str, function: Callable[[], object]) -> None:
    """Register an idempotent step, from `AppConfig.ready`; "protocols.load_shipped"."""
    _steps[name] = function


def run_all() -> list[str]:
    """Run all steps in the order of registration; return their names."""
    for function in _steps.values():
        function()
    return list(_steps)


def tidy(_: object) -> dict[str, int]:
    """Delete what nobody needs any more: ended jobs after 90 days, sessions that ran out."""
    from django.contrib.sessions.backends.db import SessionStore

    from gridwell.core import actions, clock, worker

    SessionStore.clear_expired()
    return {"jobs": actions.purge_jobs(now=clock.now(), often=worker.often())}
