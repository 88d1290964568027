"""Samples for the style page: invented rows that show every part in every state."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from gridwell.core import clock
from gridwell.core.components import (
    COLOURS,
    Board,
    BoardGroup,
    BoardLine,
    Cell,
    Dot,
    Empty,
    Figure,
    Mark,
    Step,
    TimelineEntry,
)

HERE = "#"


def _marks() -> list[Mark]:
    signs = {"green": "常", "blue": "租", "yellow": "关", "orange": "弱", "red": "困"}
    return [
        Mark(sign, colour, _("sample label %(sign)s") % {"sign": sign})
        for colour, sign in signs.items()
    ]


def _cell(floor: int, unit: int, door: int, marks: list[Mark]) -> Cell | None:
    seed = floor * 7 + unit * 13 + door * 29
    name = f"{floor}{door:02d}"
    if floor == 8 and unit == 2:
        return None
    if seed % 23 == 0:
        return Cell(name, _("vacant"), state="vacant")
    due = seed % 4 + 1
    missing = seed % 9 == 0
    held = seed % 17 == 3
    done = due - 1 if missing else due
    mark = marks[(0, 0, 1, 0, 2, 0, 1, 3, 0, 4)[seed % 10]]
    return Cell(
        name,
        _("%(done)s of %(due)s done") % {"done": done, "due": due},
        url=HERE,
        mark=mark,
        done=done,
        due=due,
        state="missing" if missing else "held" if held else "",
        badges=(("隔", _("isolated at home")),) if held else (),
        is_selected=floor == 5 and unit == 1 and door == 1,
    )


def _board() -> Board:
    marks = _marks()
    lines = [
        BoardLine(
            str(floor),
            tuple(tuple(_cell(floor, unit, door, marks) for door in (1, 2)) for unit in range(3)),
        )
        for floor in range(8, 0, -1)
    ]
    groups = [BoardGroup(_("unit %(number)s") % {"number": n}, 2) for n in (1, 2, 3)]
    notes = [_("lower left: done / due"), _("tinted: not all done"), _("hatched: vacant")]
    return Board(_("Building board"), groups, lines, legend=marks, notes=notes)


class SampleForm(forms.Form):
    """Every kind of field once; sent empty, so that faults show too."""

    name = forms.CharField(label="姓名", help_text="与身份证一致；少数民族姓名的间隔号请保留。")
    born_on = forms.DateField(label="出生日期", widget=forms.DateInput(attrs={"type": "date"}))
    tenure = forms.ChoiceField(label="住房", choices=[("own", "自有"), ("rent", "租住")])
    sex = forms.ChoiceField(
        label="性别", choices=[("f", "女"), ("m", "男")], widget=forms.RadioSelect
    )
    remark = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agree = forms.BooleanField(label="已当面核对", required=False)
    file = forms.FileField(label="附件", required=False)


def samples() -> dict[str, Any]:
    """Return the context of the style page."""
    now = clock.now()
    today = clock.today()
    return {
        "colours": COLOURS,
        "marks": _marks(),
        "hearts": [Mark("独", "pink", "独居老人", True), Mark("残", "orange", "残疾人", True)],
        "figures": [
            Figure("足不出户", 276, HERE, "户", "699 人 · 3 栋"),
            Figure("今日应采", 8097, HERE, note="已采 8,091 · 还差 6"),
            Figure("上门服务", 276, HERE, note="优先 31 户 · 办结 212"),
            Figure("居家隔离", 11, HERE, note="明日到期 2"),
            Figure("逾期", 1, HERE, note="隔离到期未解除", tone="bad"),
        ],
        "rounds": [
            Dot("done", "第1天 已完成"),
            Dot("missed", "第2天 未完成"),
            Dot("now", "第3天 今天"),
            Dot("open", "第5天 未到"),
        ],
        "steps": [Step("上传", "done", HERE), Step("核对", "now"), Step("导入")],
        "board": _board(),
        "timeline": [
            TimelineEntry(now - timedelta(hours=2), "两人采样", "管 TY1123-0419", tone="now"),
            TimelineEntry(today - timedelta(days=1), "全户阴性", tone="ok"),
            TimelineEntry(today - timedelta(days=3), "贴告知书", "当面送达", HERE),
        ],
        "empty": Empty(
            "还没有台账", "把网格员手里的户籍表拖进来，先试读，再导入。", (("导入台账", HERE),)
        ),
        "form": SampleForm(),
        "faulty": SampleForm({"bad-tenure": "own", "bad-name": "张小华"}, prefix="bad"),
        "page": Paginator(range(8097), 50).page(3),
        "days": [today + timedelta(days=step) for step in (-9, -2, -1, 0, 1, 2, 30)],
        "now": now,
    }
