"""Running calls at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from gridwell.core.errors import RuleBroken


def at_once(*calls: Callable[[], str]) -> list[str]:
    """Return what calls gave that began together, sorted; a refusal gives its code.

    Anything else that goes wrong is given as its text, so that it cannot pass for a result.
    """
    start = threading.Barrier(len(calls))
    found: list[str] = []

    def run(call: Callable[[], str]) -> None:
        try:
            start.wait(10)
            found.append(call())
        except RuleBroken as refusal:
            found.append(refusal.code)
        except Exception as error:
            found.append(f"fault: {error!r}")
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)
