"""The pages of imports and exports, from the upload to the undo."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry, AuditSubject
from gridwell.core.layouts import Column
from gridwell.core.models import Job
from gridwell.core.worker import Worker
from gridwell.ledgers.actions import layouts
from gridwell.ledgers.models import ColumnMemory, DuplicateAnswer, ExportLog, Layout, LedgerImport
from gridwell.ledgers.tests.make import HEADER, NOW, apply, id_number, line, workbook
from gridwell.ledgers.views import imports as views
from gridwell.places.tests.make import COMMUNITY, make_area
from gridwell.residents.models import Resident

pytestmark = pytest.mark.django_db
BAD_ID = id_number(8)[:-1]
PEOPLE = [
    line(name="王一", document=id_number(1), phone="14001000001"),
    line(name="李二", relation="配偶", document=BAD_ID),
    ["金桂苑", "1", "1", "102", "", "户主", id_number(5), "", ""],
]


@pytest.fixture
def client(officer: Actor) -> Client:
    """The officer's browser."""
    make_area()
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def work() -> None:
    """Do all work that waits, the daily one included."""
    worker = Worker()
    while worker.work_once():
        pass


def url(name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, **kwargs})


def upload(client: Client, rows: list[Any], header: tuple[str, ...] = HEADER) -> LedgerImport:
    file = SimpleUploadedFile("台账.xlsx", workbook(rows, header))
    answer = client.post(url("import_list"), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return LedgerImport.objects.latest("pk")


def test_from_upload_to_undo(client: Client) -> None:
    assert "还没有导入过台账" in client.get(url("import_list")).content.decode()
    row = upload(client, PEOPLE)
    page = client.get(url("import_page", ledger=row.pk)).content.decode()
    assert "李二" in page
    assert BAD_ID in page  # what is wrong has to be seen to be mended
    assert not Resident.objects.exists()
    client.post(url("import_apply", ledger=row.pk))
    assert set(Resident.objects.values_list("name", flat=True)) == {"王一", "李二"}
    assert "台账.xlsx" in client.get(url("import_list")).content.decode()
    assert client.get(url("import_undo", ledger=row.pk)).status_code == 200
    client.post(url("import_undo", ledger=row.pk))
    assert not Resident.objects.exists()


def test_faults_are_listed_filtered_and_exported(client: Client) -> None:
    row = upload(client, PEOPLE)
    page = client.get(url("import_faults", ledger=row.pk), {"code": "no_name"}).content.decode()
    assert "李二" not in page
    answer = client.get(url("import_faults", ledger=row.pk), {"format": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    values = [str(cell.value) for cells in sheet.iter_rows() for cell in cells]
    assert BAD_ID in values
    assert AuditEntry.objects.get(act="ledgers.exported").facts["count"] == 2
    assert len(values) > 6


def test_a_mended_workbook_comes_back(client: Client) -> None:
    row = upload(client, PEOPLE)
    client.post(url("import_apply", ledger=row.pk))
    answer = client.get(url("import_mend", ledger=row.pk))
    book = openpyxl.load_workbook(BytesIO(answer.content))
    sheet = book.active
    assert sheet is not None
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.value == BAD_ID:
                cell.value = id_number(8)
            if cell.value == id_number(5):
                sheet.cell(cell.row, 5).value = "周补名"
    out = BytesIO()
    book.save(out)
    client.post(url("import_list"), {"file": SimpleUploadedFile("改.xlsx", out.getvalue())})
    mended = LedgerImport.objects.latest("pk")
    assert (mended.report["new"], mended.report["changed"], mended.report["faults"]) == (1, 1, 0)
    client.post(url("import_apply", ledger=mended.pk))
    assert Resident.objects.get(name="李二").document == id_number(8)
    assert Resident.objects.filter(name="周补名").exists()


def test_an_unknown_column_is_explained_once(client: Client) -> None:
    rows = [[*PEOPLE[0], "某厂"]]
    header = (*HEADER, "上班的地方")
    row = upload(client, rows, header)
    assert "上班的地方" in client.get(url("import_page", ledger=row.pk)).content.decode()
    client.post(
        url("import_columns", ledger=row.pk), {"c0-header": "上班的地方", "c0-field": "employer"}
    )
    assert ColumnMemory.objects.get().field == "employer"
    again = upload(client, rows, header)
    assert again.report["questions"] == 0
    client.post(url("import_apply", ledger=again.pk))
    assert Resident.objects.get().traits.get().value == "某厂"


def test_duplicates_are_answered_on_one_sheet(client: Client, officer: Actor) -> None:
    twice = [
        line(name="王一", document=id_number(1)),
        line(name="王一", room="201", document=id_number(1)),
    ]
    row = upload(client, twice)
    assert row.report["duplicates"] == 1
    page = client.get(url("import_duplicates", ledger=row.pk)).content.decode()
    key = page.split('name="q-')[1].split('"')[0]
    client.post(url("import_duplicates", ledger=row.pk), {f"q-{key}": "same"})
    row.refresh_from_db()
    assert row.report["duplicates"] == 0
    assert DuplicateAnswer.objects.get().answer == "same"
    client.post(url("import_apply", ledger=row.pk))
    assert Resident.objects.count() == 1
    # The answer is remembered: the same file has nothing to ask, and changes nothing.
    again = upload(client, twice)
    assert (again.report["duplicates"], again.report["new"], again.report["changed"]) == (0, 0, 0)


def test_somebody_new_is_not_registered_twice(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="王一", document=id_number(1))], now=NOW)
    rows = [line(name="王一", document=id_number(2, "19900202"))]  # another number, the same door
    row = upload(client, rows)
    assert row.report["duplicates"] == 1
    page = client.get(url("import_duplicates", ledger=row.pk)).content.decode()
    key = page.split('name="q-')[1].split('"')[0]
    client.post(url("import_duplicates", ledger=row.pk), {f"q-{key}": "new"})
    client.post(url("import_apply", ledger=row.pk))
    assert Resident.objects.count() == 2
    again = upload(client, rows)
    assert (again.report["new"], again.report["changed"], again.report["duplicates"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"%PDF-1.4 not a table", "pdf"),
        (b"PK\x03\x04 cut off", "复制"),
    ],
)
def test_what_cannot_be_read_says_the_way_out(client: Client, body: bytes, words: str) -> None:
    answer = client.post(url("import_list"), {"file": SimpleUploadedFile("a.xlsx", body)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "errors" in answer.content.decode()
    assert not LedgerImport.objects.exclude(state="failed").exists()


def test_a_big_file_is_read_and_written_by_the_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "BIG_FILE", 10)
    monkeypatch.setattr(views, "AT_ONCE", 1)
    row = upload(client, PEOPLE)
    assert row.state == "reading"
    assert client.get(url("import_page", ledger=row.pk)).status_code == 200
    work()
    row.refresh_from_db()
    assert row.state == "checked"
    other = upload(client, [line(name="别人", room="301")])
    answer = client.post(url("import_apply", ledger=row.pk))
    assert answer.status_code == 409  # the other file of the community is being read
    work()
    other.refresh_from_db()
    client.post(url("import_apply", ledger=row.pk))
    work()
    row.refresh_from_db()
    assert row.state == "done"
    job = Job.objects.filter(kind="ledgers.apply").latest("pk")
    assert (job.state, job.result["url"]) == ("done", url("import_page", ledger=row.pk))


def test_a_big_file_that_cannot_be_read_fails_with_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "BIG_FILE", 3)
    client.post(url("import_list"), {"file": SimpleUploadedFile("a.xlsx", b"%PDF-1.4")})
    work()
    row = LedgerImport.objects.get()
    assert row.state == "failed"
    assert "pdf" in client.get(url("import_page", ledger=row.pk)).content.decode()


def test_lists_of_new_changed_and_missing(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=[*PEOPLE[:2], line(name="赵四", relation="子")], now=NOW)
    rows = [list(row) for row in PEOPLE[:2]]
    rows[0][7] = "14001000077"
    row = upload(client, [*rows, line(name="新人", room="301", document=id_number(7))])
    new = client.get(url("import_people", ledger=row.pk, what="new")).content.decode()
    assert "新人" in new
    assert id_number(7) not in new
    changed = client.get(url("import_people", ledger=row.pk, what="changed")).content.decode()
    assert "140****0077" in changed
    missing = client.get(url("import_people", ledger=row.pk, what="missing")).content.decode()
    assert "赵四" in missing


# ---- exports ---------------------------------------------------------------------------------


def a_layout(officer: Actor, rows: str = "person") -> Layout:
    columns = [
        Column("住址/楼栋", "building"),
        Column("住址/房号", "room"),
        Column("姓名", "name"),
        Column("身份证号", "id_number"),
        Column("电话", "phone"),
        Column("家庭成员", "people"),
    ]
    return layouts.save_layout(
        actor=officer, community=COMMUNITY, name="上报表", columns=columns, now=NOW, rows=rows
    )


def cells(body: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(BytesIO(body)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_list_is_masked_counted_and_signed(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=PEOPLE, now=NOW)
    layout = a_layout(officer)
    answer = client.post(url("export_make", layout=layout.pk), {"kind": "xlsx"})
    table = cells(content(answer))
    assert table[0][0] == "住址"
    assert (table[1][:2], table[0][2]) == (["楼栋", "房号"], "姓名")
    assert table[2][:3] == ["1号楼", "101", "王一"]
    assert table[2][3] == "140100********" + id_number(1)[-4:]
    text = str(table)
    assert id_number(1) not in text
    assert "14001000001" not in text
    assert "2行" in text
    assert "officer" in text
    log = ExportLog.objects.get()
    assert (log.rows, log.is_masked) == (2, True)
    assert not AuditSubject.objects.exists()


def test_whole_numbers_need_a_reason_which_is_kept(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=PEOPLE, now=NOW)
    layout = a_layout(officer)
    answer = client.post(
        url("export_make", layout=layout.pk), {"kind": "csv", "reason": "区指挥部要求上报"}
    )
    assert id_number(1) in content(answer).decode("utf-8-sig")
    look = AuditEntry.objects.get(act="residents.looked_at")
    assert (look.facts["count"], look.reason) == (2, "区指挥部要求上报")
    assert AuditSubject.objects.count() == 2


def test_a_household_is_one_line(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=PEOPLE, now=NOW)
    layout = a_layout(officer, "household")
    answer = client.post(url("export_make", layout=layout.pk), {"kind": "xlsx"})
    table = cells(content(answer))
    assert table[2][2] == "王一"
    assert table[2][5] == "王一、李二（配偶）"
    assert "1行" in str(table)


def test_since_then(client: Client, officer: Actor) -> None:
    layout = a_layout(officer)
    content(client.post(url("export_make", layout=layout.pk), {"kind": "csv"}))
    ExportLog.objects.update(made_at=NOW.replace(hour=1))
    apply(actor=officer, rows=PEOPLE, now=NOW)
    page = client.get(url("export_list")).content.decode()
    assert "+2" in page


def test_the_layout_a_ledger_came_in(client: Client, officer: Actor) -> None:
    row = apply(actor=officer, rows=[[*PEOPLE[0], "会修水管"]], header=(*HEADER, "特长"), now=NOW)
    answer = client.post(url("import_layout", ledger=row.pk))
    layout = Layout.objects.get()
    assert answer["Location"] == url("layout_edit", layout=layout.pk)
    assert [column["header"] for column in layout.columns] == [*HEADER, "特长"]
    table = cells(content(client.post(url("export_make", layout=layout.pk), {"kind": "xlsx"})))
    assert table[0] == [*HEADER, "特长"]
    assert table[1][-1] == "会修水管"


def test_a_layout_is_made_changed_and_removed(client: Client, officer: Actor) -> None:
    page = client.get(url("layout_new"))
    assert page.status_code == 200
    columns = {
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
        "form-0-header": "称呼", "form-0-field": "name", "form-0-ORDER": "2",
        "form-1-header": "", "form-1-field": "sex", "form-1-ORDER": "1",
    }  # fmt: skip
    client.post(url("layout_new"), {"name": "简表", "rows": "person", **columns})
    layout = Layout.objects.get()
    assert [column["field"] for column in layout.columns] == ["sex", "name"]
    again = client.post(url("layout_new"), {"name": "简表", "rows": "person", **columns})
    assert again.status_code == 422
    client.post(
        url("layout_edit", layout=layout.pk), {"name": "新名", "rows": "household", **columns}
    )
    layout.refresh_from_db()
    assert (layout.name, layout.rows) == ("新名", "household")
    client.post(url("layout_remove", layout=layout.pk))
    assert not Layout.objects.exists()


def test_a_column_is_moved_before_anything_is_saved(client: Client, officer: Actor) -> None:
    columns = {
        "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0",
        "form-0-header": "称呼", "form-0-field": "name", "form-0-ORDER": "1",
        "form-1-header": "", "form-1-field": "",
        "form-2-header": "性别", "form-2-field": "sex", "form-2-ORDER": "3",
    }  # fmt: skip
    page = client.post(
        url("layout_new"), {"name": "", "rows": "household", "move": "up:2"} | columns
    )
    assert page.status_code == 200
    assert [row["field"].value() for row in page.context["rows"]][:3] == ["sex", "name", None]
    assert 'value="up:0" autofocus' in page.text
    assert page.context["form"]["rows"].value() == "household"
    assert not Layout.objects.exists()


def test_a_header_is_no_formula(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="林一", document=id_number(1))], now=NOW)
    layout = a_layout(officer)
    Layout.objects.update(columns=[{"header": "=cmd|' /C calc'!A0", "field": "name"}])
    answer = client.post(url("export_make", layout=layout.pk), {"kind": "csv"})
    assert content(answer).decode("utf-8-sig").startswith("'=cmd")


def test_dangerous_cells_are_text(client: Client, officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="=1+1", document=id_number(1))], now=NOW)
    layout = a_layout(officer)
    answer = client.post(url("export_make", layout=layout.pk), {"kind": "csv"})
    assert "'=1+1" in content(answer).decode("utf-8-sig")


def test_queries_of_the_list_do_not_grow(
    client: Client, officer: Actor, django_assert_max_num_queries: Any
) -> None:
    rows = [line(name=f"人{n}", room=f"{n}01", document=id_number(n)) for n in range(1, 31)]
    apply(actor=officer, rows=rows, now=NOW)
    layout = a_layout(officer)
    client.get(url("export_list"))
    with django_assert_max_num_queries(40):
        content(client.post(url("export_make", layout=layout.pk), {"kind": "csv"}))
