"""Who gets what: pages of the frame."""

from uuid import UUID

from gridwell.core import clock
from gridwell.core.actions import enqueue
from gridwell.core.models import Job
from tests.access.samples import COMMUNITY, EVERYBODY, ROW, Cast


def a_job(cast: Cast) -> UUID:
    """Return a job of the community, started by nobody here."""
    found = Job.objects.filter(kind="access.sample").first()
    found = found or enqueue("access.sample", now=clock.now(), community=COMMUNITY)
    return found.ref


JOB = {"ref": a_job}

ROWS = [
    EVERYBODY("core:word", {"code": "register"}),
    EVERYBODY("core:keep_alive", to=204),
    EVERYBODY("core:set_language", to=302, anonymous=302, data={"language": "en"}),
    EVERYBODY("core:style_guide", to=404),  # the demo and development only
    ROW("core:job", JOB, officer=200, grid_worker=404, district=200),
    ROW("core:job_stop", JOB, officer=302, grid_worker=404, district=302, data={}),
]
