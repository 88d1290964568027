"""Who gets what: own work for everybody, each task for those who stand to it, lists for desks."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskProof, TaskTemplate
from tests.access.samples import DISTRICT, EVERYBODY, ROW, Cast


def a_task(cast: Cast) -> int:
    """A visit to a household in the grid of the grid worker."""
    found = Task.objects.filter(kind="household_update", state="open").first()
    if found is None:
        home = make_household(dwelling=make_dwelling(room="101", grid=make_grid()))
        found = actions.create(
            actor=cast.officer,
            community=COMMUNITY,
            kind="household_update",
            subject_kind="household",
            subject=home.pk,
            now=clock.now(),
            key=f"sample{Task.objects.count()}",
        )
    return found.pk


def a_patrol(cast: Cast) -> int:
    return actions.create(
        actor=cast.officer, community=COMMUNITY, kind="patrol", now=clock.now(), key="patrol"
    ).pk


def a_photo(cast: Cast) -> int:
    found = TaskProof.objects.first()
    if found is None:
        out = io.BytesIO()
        Image.new("RGB", (8, 8), "red").save(out, "PNG")
        photo = SimpleUploadedFile("a.png", out.getvalue())
        task = Task.objects.get(pk=a_task(cast))
        actions.do(
            actor=cast.officer,
            task=task,
            proof=actions.Proof(photo=photo.read()),
            now=clock.now(),
        )
        found = TaskProof.objects.get()
    return found.pk


def a_building(cast: Cast) -> int:
    return make_dwelling(room="101", grid=make_grid()).building_id or 0


def a_template(cast: Cast) -> int:
    found = TaskTemplate.objects.filter(ends_at=None).first()
    return (
        found
        or actions.save_template(
            actor=cast.officer, community=COMMUNITY, kind="patrol", now=clock.now()
        )
    ).pk


TASK = {"task": a_task}
SEEN = {"officer": 200, "grid_worker": 200, "district": 200}
#: Steps of those who do the work: above there is nothing to take.
DOERS = {"officer": 302, "grid_worker": 302, "district": 404}

ROWS = [
    EVERYBODY("my_tasks"),
    EVERYBODY("my_return", to=302, data={}),
    ROW("task_file", TASK, **SEEN),
    ROW("task_act", TASK | {"act": "do"}, officer=200, grid_worker=200, district=404, case="do"),
    ROW("task_act", TASK | {"act": "hand_over"}, **SEEN, case="hand over"),
    ROW("task_act", TASK | {"act": "end"}, officer=200, grid_worker=404, district=200, case="end"),
    ROW("task_act", TASK | {"act": "raise"}, officer=404, grid_worker=404, district=404, case="x"),
    ROW("task_act", TASK | {"act": "do"}, **DOERS, data={"note": "好"}, case="done"),
    ROW("finding_new", {"task": a_patrol}, officer=200, grid_worker=404, district=200),
    ROW("finding_new", TASK, officer=404, grid_worker=404, district=404, case="no patrol"),
    ROW("task_remind", TASK, officer=302, grid_worker=302, district=302, data={}),
    ROW("task_photo", {"proof": a_photo}, officer=200, grid_worker=200, district="look_reason"),
    ROW("task_list", area=COMMUNITY, **SEEN),
    ROW("task_list", area=DISTRICT, officer=404, grid_worker=404, district=200, subdistrict=404,
        case="above"),
    ROW("task_print", area=COMMUNITY, **SEEN),
    ROW("task_new", area=COMMUNITY, **SEEN),
    ROW("task_assign", area=COMMUNITY, officer=409, grid_worker=404, district=409, data={}),
    ROW("template_list", area=COMMUNITY, officer=200, grid_worker=404, district=200),
    ROW("template_end", {"template": a_template}, area=COMMUNITY, officer=302, grid_worker=404,
        district=302, data={}),
    ROW("finding_list", area=COMMUNITY, **SEEN),
    ROW("tasks_by_building", {"building": a_building}, area=COMMUNITY, **SEEN),
]  # fmt: skip
