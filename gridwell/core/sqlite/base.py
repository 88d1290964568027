"""Django's SQLite backend with writers that take turns (see `turn`)."""

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from gridwell.core.sqlite.turn import Turn, turn_at

PATIENCE = 20.0  # seconds, as long as SQLite itself is told to wait


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn before a transaction begins, and gives it up at its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turn | None = None

    def _start_transaction_under_autocommit(self) -> None:
        turn = turn_at(str(self.settings_dict["NAME"]))
        if not turn.acquire(PATIENCE):
            raise OperationalError("database is locked")
        self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # as below
        except BaseException:
            self._give_up_turn()
            raise

    def _give_up_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_up_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._give_up_turn()

    def close(self) -> None:
        """Close the connection; a transaction that was still open ends with it."""
        try:
            super().close()
        finally:
            # Inside `atomic` Django forgets the connection only at the block's end, and neither
            # commits nor rolls back there: nobody else would hand the turn on.
            if self.connection is None or self.closed_in_transaction:
                self._give_up_turn()
