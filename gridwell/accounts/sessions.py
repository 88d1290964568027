"""Sessions in the database, read by one prepared statement a request."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField

from gridwell.core import clock
from gridwell.core.prepared import Prepared

_LIVE = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=CharField(),
    now=DateTimeField(),
)


class SessionStore(db.SessionStore):
    """Django's sessions; a key that is unknown or too old is Django's to deal with."""

    def _get_session_from_db(self) -> Session | None:
        # Sessions end by the machine's time; the demo's clock stands elsewhere.
        found = _LIVE.first(key=self.session_key, now=clock.now() - clock.shift())
        return found or super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
