"""Tables and ledgers: looked over first, written as one, undone as one, twice is once."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from gridwell.accounts import actions as accounts
from gridwell.accounts import followers
from gridwell.accounts.actions import duties
from gridwell.accounts.followers import LineChange
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.tables import SheetPlan
from gridwell.core.tables.write import xlsx_bytes
from gridwell.ledgers.targets import TargetRow
from gridwell.organisation import queries
from gridwell.organisation.actions import importing, ledgers
from gridwell.organisation.labels import IMPORT_FAULTS
from gridwell.organisation.models import Charge, Helper, ImportTrace
from gridwell.organisation.queries.importing import match_lines, outcome_counts
from gridwell.organisation.rules.kinds import HelperRole
from gridwell.organisation.slots import import_panels
from gridwell.organisation.tests.make import NOW, make_building, make_head
from gridwell.places.tests.make import COMMUNITY, make_area, make_grid
from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_household, make_resident

LATER = NOW + timedelta(hours=1)
HEADER = ["职务", "网格", "楼栋", "姓名", "联系电话", "派出单位"]
LINES = [
    ["领导小组组长", "", "", "张伟", "13800000001", ""],
    ["采样组组长", "1网格", "", "李静", "13800000002", ""],
    ["采样组组员", "第1网格", "", "王芳", "", ""],
    ["楼院长", "", "1号楼", "赵秀兰", "13800000003", ""],
    ["包干干部", "", "金桂苑", "钱进", "13800000004", "市直机关工委"],
    ["楼院长", "", "99号楼", "孙悟", "", ""],
    ["下棋", "", "", "周吉", "", ""],
    ["楼院长", "", "1号楼", "", "", ""],
    ["采样组组员", "9网格", "", "吴用", "", ""],
    ["采样组组员", "1网格", "", "郑州", "12", ""],
]


def table(lines: list[list[str]] = LINES, header: list[str] = HEADER) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["西塔社区疫情防控组织架构表"])
    page.append(header)
    for line in lines:
        page.append(line)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def keep(officer: Actor, folder: Path, body: bytes) -> ImportTrace:
    path = folder / "table"
    path.write_bytes(body)
    return importing.keep_table(actor=officer, community=COMMUNITY, path=path, now=NOW)


@pytest.fixture
def place(officer: Actor) -> Any:
    return make_building(grid=make_grid(number="1"))


def test_looking_over_writes_nothing(officer: Actor, tmp_path: Path, place: Any) -> None:
    users, posts = User.objects.count(), Post.objects.count()
    trace = keep(officer, tmp_path, table())
    rows = match_lines(COMMUNITY, importing.lines_of(trace), NOW)
    assert outcome_counts(rows) == {"new": 5, "fault": 5}
    faults = {row.read.name: row.fault for row in rows if row.fault}
    assert faults == {
        "孙悟": "place_unknown",
        "周吉": "duty_unknown",
        "": "no_name",
        "吴用": "grid_unknown",
        "郑州": "telephone",
    }
    assert (User.objects.count(), Post.objects.count()) == (users, posts)
    assert not Charge.objects.exists()
    stored = ImportTrace.objects.filter(pk=trace.pk).extra(select={"raw": "lines"})[0]
    assert "张伟" not in stored.raw  # encrypted while it waits


def test_written_as_one_and_twice_is_once(officer: Actor, tmp_path: Path, place: Any) -> None:
    done = importing.write_table(actor=officer, trace=keep(officer, tmp_path, table()), now=NOW)
    assert done.lines == ""
    with pytest.raises(RuleBroken, match="import_decided"):
        importing.write_table(actor=officer, trace=done, now=NOW)
    whole = queries.organisation_of(officer, COMMUNITY, NOW)
    assert whole.leading[0].leader_name == "张伟"
    sampling = whole.grids[0].groups["sampling"]
    assert (sampling.leader_name, [line.holder.name for line in sampling.members]) == (
        "李静",
        ["王芳"],
    )
    assert whole.heads[0].name == "赵秀兰"
    charge = queries.charges_of(officer, COMMUNITY, NOW).get()
    assert (charge.name, charge.unit, charge.telephone) == ("钱进", "市直机关工委", "13800000004")
    again = keep(officer, tmp_path, table())
    counts = outcome_counts(match_lines(COMMUNITY, importing.lines_of(again), NOW))
    assert counts == {"same": 5, "fault": 5}


def leads(officer: Actor) -> tuple[str, list[str]]:
    group = queries.organisation_of(officer, COMMUNITY, LATER).grids[0].groups["sampling"]
    return group.leader_name, sorted(line.holder.name for line in group.members if line.holder)


@pytest.mark.parametrize("name", ["王芳", "新来的"])
def test_another_leader_of_a_standing_group_is_said_written_and_undone(
    officer: Actor, tmp_path: Path, place: Any, name: str
) -> None:
    importing.write_table(actor=officer, trace=keep(officer, tmp_path, table()), now=NOW)
    body = table(
        [["采样组组长", "1网格", "", name, "", ""], ["采样组组长", "1网格", "", "李静", "", ""]]
    )
    trace = keep(officer, tmp_path, body)
    row, second = match_lines(COMMUNITY, importing.lines_of(trace), NOW)
    assert row.outcome == ("leads" if name == "王芳" else "new")
    assert row.instead == "李静"
    assert (second.outcome, second.notes, second.instead) == ("same", ["second_leader"], "")
    done = importing.write_table(actor=officer, trace=trace, now=NOW)
    assert leads(officer) == (name, sorted({"李静", "王芳", name} - {name}))
    again = match_lines(COMMUNITY, importing.lines_of(keep(officer, tmp_path, body)), NOW)
    assert [row.outcome for row in again] == ["same", "same"]
    importing.undo_table(actor=officer, trace=done, now=LATER)
    assert leads(officer) == ("李静", ["王芳"])


def test_undo_leaves_a_leader_who_was_named_since(
    officer: Actor, tmp_path: Path, place: Any
) -> None:
    importing.write_table(actor=officer, trace=keep(officer, tmp_path, table()), now=NOW)
    body = table([["采样组组长", "1网格", "", "王芳", "", ""]])
    done = importing.write_table(actor=officer, trace=keep(officer, tmp_path, body), now=NOW)
    team = Team.objects.get(kind="sampling")
    named = make_post(role=Role.TEAM_MEMBER, holder=person("since", "后来的"))
    Post.objects.filter(pk=named.pk).update(team=team)
    Team.objects.filter(pk=team.pk).update(leader_post=named)
    importing.undo_table(actor=officer, trace=done, now=LATER)
    assert Team.objects.get(pk=team.pk).leader_post == named


def test_who_leads_a_group_from_a_post_with_a_desk_stands_already(
    officer: Actor, tmp_path: Path, place: Any
) -> None:
    desk = Post.objects.get(holder=officer.user_id)
    importing.write_table(actor=officer, trace=keep(officer, tmp_path, table()), now=NOW)
    Team.objects.filter(kind="leading").update(leader_post=desk)
    assert desk.holder is not None
    body = table([["领导小组组长", "", "", desk.holder.name, "", ""]])
    (row,) = match_lines(COMMUNITY, importing.lines_of(keep(officer, tmp_path, body)), NOW)
    assert (row.outcome, row.instead) == ("same", "")


def test_undo_ends_what_was_made_and_hands_back(officer: Actor, tmp_path: Path, place: Any) -> None:
    before = make_head(officer, place, name="原楼长")
    users = User.objects.filter(is_active=True).count()
    done = importing.write_table(actor=officer, trace=keep(officer, tmp_path, table()), now=NOW)
    before.refresh_from_db()
    assert before.holder is not None
    assert before.holder.name == "赵秀兰"
    importing.undo_table(actor=officer, trace=done, now=LATER)
    before.refresh_from_db()
    assert before.holder is not None
    assert before.holder.name == "原楼长"
    assert not Team.objects.filter(live(LATER)).exists()
    assert not queries.charges_of(officer, COMMUNITY, LATER).exists()
    assert Charge.objects.count() == 2  # the row as it was known, and its end
    assert User.objects.filter(is_active=True).count() == users
    with pytest.raises(RuleBroken, match="import_undone"):
        importing.undo_table(actor=officer, trace=done, now=LATER)
    assert AuditEntry.objects.filter(act="organisation.import_undone").count() == 1


def person(username: str, name: str, **values: Any) -> User:
    """Return an account of this desk."""
    user = make_user(username=username, name=name)
    User.objects.filter(pk=user.pk).update(area=COMMUNITY, **values)
    return User.objects.get(pk=user.pk)


WITH_B = [*HEADER[:5], "B角", "B角电话"]


def with_b(*lines: tuple[str, str, str, str]) -> bytes:
    """Return a table of building heads with their deputies: place, A, deputies, their numbers."""
    return table([["楼院长", "", *line[:2], "", *line[2:]] for line in lines], WITH_B)


def test_a_line_that_comes_back_to_itself_is_said_before_writing(
    officer: Actor, tmp_path: Path, place: Any
) -> None:
    for number in (2, 3, 4, 5, 6):
        make_building(name=f"{number}号楼")
    person("w1", "王伟", telephone="13800000011")
    person("w2", "王伟", telephone="13800000012")
    body = with_b(
        ("1号楼", "张三", "李四、张三", ""),
        ("2号楼", "张三", "李四、李四", ""),
        ("3号楼", "张三", "李四、王五", "13800000001"),
        ("4号楼", "张三", "13800000001", ""),
        ("5号楼", "王伟", "", ""),
        ("6号楼", "张三", "李四", ""),
        ("6号楼", "赵六", "", ""),
    )
    rows = match_lines(COMMUNITY, importing.lines_of(keep(officer, tmp_path, body)), NOW)
    assert [row.fault for row in rows] == [
        "deputy_is_holder",
        "deputy_twice",
        "deputy_telephones",
        "not_a_name",
        "name_many",
        "",
        "place_twice",
    ]
    assert rows[-1].facts == {"name": "张三", "row": 8}
    for row in rows:
        if row.fault:
            assert str(IMPORT_FAULTS[row.fault]) % row.facts


def test_a_and_b_under_one_roof_are_noted_and_written(
    officer: Actor, tmp_path: Path, place: Any
) -> None:
    home = make_household()
    for name in ("张三", "李四"):
        person(name, name, home=home.dwelling)
    trace = keep(officer, tmp_path, with_b(("1号楼", "张三", "李四、王五", "")))
    [row] = match_lines(COMMUNITY, importing.lines_of(trace), NOW)
    assert (row.fault, row.notes) == ("", ["same_household"])
    importing.write_table(actor=officer, trace=trace, now=NOW)
    [post] = Post.objects.filter(live(NOW), place=place)
    assert [row.user.name for row in post.deputies.order_by("rank")] == ["李四", "王五"]
    again = keep(officer, tmp_path, with_b(("1号楼", "张三", "李四、王五", "")))
    assert outcome_counts(match_lines(COMMUNITY, importing.lines_of(again), NOW)) == {"same": 1}


def test_other_deputies_come_and_go_back(officer: Actor, tmp_path: Path, place: Any) -> None:
    first = keep(officer, tmp_path, with_b(("1号楼", "张三", "李四", "")))
    importing.write_table(actor=officer, trace=first, now=NOW)
    second = keep(officer, tmp_path, with_b(("1号楼", "张三", "王五、李四", "")))
    rows = match_lines(COMMUNITY, importing.lines_of(second), NOW)
    assert outcome_counts(rows) == {"deputies": 1}
    done = importing.write_table(actor=officer, trace=second, now=NOW)
    [post] = Post.objects.filter(live(NOW), place=place)
    named = post.deputies.order_by("rank").values_list("user__name", flat=True)
    assert list(named.all()) == ["王五", "李四"]
    importing.undo_table(actor=officer, trace=done, now=LATER)
    assert list(named.all()) == ["李四"]
    assert not User.objects.filter(name="王五", is_active=True).exists()


def test_undo_leaves_what_went_on_and_strands_nothing(
    officer: Actor, tmp_path: Path, place: Any
) -> None:
    """A post handed to somebody else since stays; of one that ends, the packages above are told."""
    make_building(name="2号楼")
    body = with_b(("1号楼", "张三", "", ""), ("2号楼", "李四", "", ""))
    done = importing.write_table(actor=officer, trace=keep(officer, tmp_path, body), now=NOW)
    posts = {
        post.place.name: post for post in Post.objects.filter(place__isnull=False) if post.place
    }
    other = person("other", "王五")
    accounts.change_holder(
        actor=officer,
        post=posts["2号楼"],
        holder=other,
        seen=posts["2号楼"].holder_id,
        now=NOW + timedelta(minutes=1),
    )
    followed: list[LineChange] = []
    followers.register(followed.append)
    try:
        importing.undo_table(actor=officer, trace=done, now=LATER)
    finally:
        followers._followers.remove(followed.append)
    left = Post.objects.filter(live(LATER), place__isnull=False)
    assert [post.holder for post in left] == [other]
    over = [change for change in followed if change.cause == "post_ended"]
    assert [[move.post.pk for move in change.posts] for change in over] == [[posts["1号楼"].pk]]
    assert over[0].posts[0].before == posts["1号楼"].holder_id


def test_bad_files_and_strangers(
    officer: Actor, other_officer: Actor, grid_worker: Actor, tmp_path: Path, place: Any
) -> None:
    for body, code in (
        (b"\x00\x01 no table at all \xff", "file_unread"),
        (table(header=["甲", "乙", "丙", "丁", "戊", "己"]), "no_header"),
        (table(lines=[]), "no_header"),
    ):
        with pytest.raises(RuleBroken, match=code):
            keep(officer, tmp_path, body)
    for stranger in (other_officer, grid_worker):
        with pytest.raises(NotVisible):
            keep(stranger, tmp_path, table())
    trace = keep(officer, tmp_path, table())
    with pytest.raises(NotVisible):
        importing.write_table(actor=other_officer, trace=trace, now=NOW)


def test_tables_nobody_decided_on_go_after_thirty_days(
    officer: Actor, tmp_path: Path, place: Any
) -> None:
    trace = keep(officer, tmp_path, table())
    assert importing.purge_tables(now=NOW + timedelta(days=29)) == 0
    assert importing.purge_tables(now=NOW + timedelta(days=31)) == 1
    trace.refresh_from_db()
    assert (trace.state, trace.lines) == ("dropped", "")


def test_the_pages_from_upload_to_undo_and_out_again(
    officer: Actor, client: Client, place: Any
) -> None:
    client.force_login(User.objects.get(pk=officer.user_id))
    page = reverse("organisation_import", args=[COMMUNITY])
    bad = client.post(page, {"file": SimpleUploadedFile("a.xlsx", b"no table")})
    assert bad.status_code == 422
    answer = client.post(page, {"file": SimpleUploadedFile("a.xlsx", table())})
    look = client.get(answer["Location"])
    assert "赵秀兰" in look.content.decode()
    trace = ImportTrace.objects.get()
    done = client.post(reverse("organisation_import_act", args=[COMMUNITY, trace.pk, "write"]))
    assert done.status_code == 302
    book = load_workbook(
        BytesIO(client.get(reverse("organisation_export", args=[COMMUNITY])).content)
    )
    rows = [[str(value or "") for value in row] for row in book.worksheets[0].values]
    assert any("赵秀兰" in row and "13800000003" in row for row in rows)
    # What goes out comes in again and changes nothing.
    out = xlsx_bytes(
        [SheetPlan(name="a", header=[rows[1][:7]], rows=[row[:7] for row in rows[2:]])],
        watermark="",
    )
    answer = client.post(page, {"file": SimpleUploadedFile("b.xlsx", out)})
    again = ImportTrace.objects.latest("pk")
    counts = outcome_counts(match_lines(COMMUNITY, importing.lines_of(again), clock.now()))
    assert counts["new"] == counts["change"] == 0
    assert counts["same"] == 5
    client.post(reverse("organisation_import_act", args=[COMMUNITY, again.pk, "drop"]))
    client.post(reverse("organisation_import_act", args=[COMMUNITY, trace.pk, "undo"]))
    trace.refresh_from_db()
    assert trace.state == "undone"
    wrong = client.post(reverse("organisation_import_act", args=[COMMUNITY, trace.pk, "burn"]))
    assert wrong.status_code == 404


# ---- ledgers of residents --------------------------------------------------------------------


def row(household: Household, **values: str) -> TargetRow:
    resident = make_resident(household=household)
    return TargetRow(resident.pk, household.dwelling_id, values)


def test_the_five_of_a_ledger(officer: Actor) -> None:
    home = make_household()
    rows = [
        row(home, cadre="张", cadre_telephone="138 0000 0001", police="刘"),
        row(home, cadre="李"),
    ]
    args = (officer, COMMUNITY)
    assert ledgers.write_five(*args, rows, NOW, "import:1") == 2
    assert ledgers.write_five(*args, rows, NOW, "import:1") == 0
    five = queries.five_of(home, NOW)
    assert {role: (one.name, one.telephone) for role, one in five.items()} == {
        HelperRole.CADRE: ("张", "13800000001"),
        HelperRole.POLICE: ("刘", ""),
    }
    assert ledgers.write_five(*args, [row(home, cadre="赵")], LATER, "import:2") == 1
    assert queries.five_of(home, LATER)[HelperRole.CADRE].name == "赵"
    ledgers.undo_five(*args, "import:2", LATER + timedelta(hours=1))
    after = queries.five_of(home, LATER + timedelta(hours=2))
    assert {one.name for one in after.values()} == {"张", "刘"}
    ledgers.undo_five(*args, "import:3", LATER)  # nothing came from it
    assert Helper.objects.filter(ended_reason="import:2: undone").count() == 1


def test_the_five_of_many_lines_cost_a_constant_number_of_queries(
    officer: Actor, django_assert_max_num_queries: Any
) -> None:
    home = make_household()
    rows = [row(home, cadre="张") for _ in range(40)]
    with django_assert_max_num_queries(20):
        ledgers.write_five(officer, COMMUNITY, rows, NOW, "import:1")


def test_heads_of_a_ledger(officer: Actor, grid_worker: Actor) -> None:
    building = make_building()
    home = make_household()
    lines = [row(home, duty="1号楼楼院长"), row(home, duty="看门"), row(home, duty="88号楼楼长")]
    assert ledgers.write_heads(grid_worker, COMMUNITY, lines, NOW, "import:1") == 0
    assert ledgers.write_heads(officer, COMMUNITY, lines, NOW, "import:1") == 1
    assert ledgers.write_heads(officer, COMMUNITY, lines, NOW, "import:1") == 0
    post = Post.objects.get(place=building)
    assert post.holder is not None
    assert (post.holder.home_id, post.holder.has_usable_password()) == (home.dwelling_id, False)
    ledgers.undo_heads(officer, COMMUNITY, "import:1", LATER)
    assert not Post.objects.filter(live(LATER), place=building).exists()
    assert not User.objects.get(pk=post.holder_id).is_active


def test_the_page_of_a_ledger_says_which_duties_named_nobody(
    officer: Actor, grid_worker: Actor
) -> None:
    building = make_building()
    home = make_household()
    lines = [
        row(home, duty="1号楼楼院长"),
        row(home, duty="看门"),
        row(home, duty="88号楼楼长"),
        row(home, duty="无"),
        row(home, duty=""),
    ]
    assert ledgers.write_heads(officer, COMMUNITY, lines, NOW, "import:7") == 1
    [panel] = import_panels(officer, [7], NOW.date())
    assert (panel.heads, panel.standing, panel.withheld) == (1, 0, 0)
    assert [text.partition("（")[0] for text in panel.unread] == ["看门", "88号楼楼长"]
    assert building.name in Post.objects.get(place=building).title
    # The same duty again: somebody has it already, which is said as well.
    ledgers.write_heads(officer, COMMUNITY, lines[:1], LATER, "import:8")
    [again] = import_panels(officer, [8], NOW.date())
    assert (again.heads, again.standing, again.unread) == (0, 1, [])
    # Who manages no posts brings residents alone, and is told what was left out.
    ledgers.write_heads(grid_worker, COMMUNITY, lines, NOW, "import:9")
    [withheld] = import_panels(grid_worker, [9], NOW.date())
    assert (withheld.heads, withheld.withheld) == (0, 3)
    assert not list(import_panels(officer, [10], NOW.date()))


def test_tables_of_the_organisation_are_undone_beside_the_ledgers(officer: Actor) -> None:
    make_building()
    ImportTrace.objects.create(
        community_id=COMMUNITY, source="table:1", state="done", at=NOW,
        made={key: [] for key in ("users", "teams", "posts", "charges", "holders", "leaders")},
    )  # fmt: skip
    browser = Client()
    browser.force_login(User.objects.get(pk=officer.user_id))
    page = browser.get(reverse("import_list", args=[COMMUNITY])).content.decode()
    undo = reverse(
        "organisation_import_act", args=[COMMUNITY, ImportTrace.objects.get().pk, "undo"]
    )
    assert undo in page
    assert browser.post(undo).status_code == 302
    assert ImportTrace.objects.get().state == "undone"
    assert undo not in browser.get(reverse("import_list", args=[COMMUNITY])).content.decode()


def test_namesakes_are_told_apart_by_their_telephone(officer: Actor) -> None:
    area = make_area(code=COMMUNITY)
    two = [duties.NewPerson("王伟", "13800000001"), duties.NewPerson("王伟", "13800000002")]
    users, made = duties.enrol_people(actor=officer, area=area, people=two, now=NOW)
    assert len({user.pk for user in users}) == len(made) == 2
    one = [
        duties.NewPerson("王伟", "13800000002"),
        duties.NewPerson("赵六"),
        duties.NewPerson("赵六"),
    ]
    again, new = duties.enrol_people(actor=officer, area=area, people=one, now=NOW)
    assert again[0].pk == users[1].pk
    assert len(new) == 1
    assert again[1].pk == again[2].pk
