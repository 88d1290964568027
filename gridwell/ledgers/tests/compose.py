"""Makes ledgers of every form with a known truth, the way people write them."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from gridwell.core.tests.make_tables import Span
from gridwell.places.rules.address import door_address
from gridwell.residents.rules.identity import Sex, check_digit, sex_of

TODAY = date(2022, 11, 23)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英㛃𠮷"
RARE = ("阿依古丽·买买提", "欧阳修远", "John Smith")


@dataclass(frozen=True)
class Person:
    name: str
    relation: str
    birth_on: date
    number: str
    phone: str = ""
    is_party_member: bool = False
    illness: str = ""
    sampled: str = ""

    @property
    def sex(self) -> Sex:
        return sex_of(self.number)


@dataclass(frozen=True)
class Home:
    ground: str
    building: int
    unit: int
    room: str
    is_rented: bool = False
    people: tuple[Person, ...] = ()

    @property
    def key(self) -> str:
        return door_address(
            ground=self.ground, building=str(self.building), unit=str(self.unit), room=self.room
        ).key


@dataclass
class Written:
    """A sheet as it is written, and which spreadsheet row each person stands in."""

    rows: list[list[object]] = field(default_factory=list)
    merges: list[Span] = field(default_factory=list)
    where: dict[str, int] = field(default_factory=dict)  # ID number -> row


def number_for(rng: random.Random, birth: date) -> str:
    seventeen = f"140100{birth:%Y%m%d}{rng.randrange(1000):03d}"
    return seventeen + check_digit(seventeen)


def make_homes(rng: random.Random, count: int, ground: str = "鼎新苑") -> list[Home]:
    """Return homes behind different doors; about one in twelve stands empty."""
    doors = [
        (b, u, f"{f}{n:02d}")
        for b in (1, 2, 3)
        for u in (1, 2)
        for f in range(1, 8)
        for n in (1, 2)
    ]
    numbers: set[str] = set()
    homes = []
    for building, unit, room in sorted(rng.sample(doors, count)):
        size = 0 if rng.random() < 0.08 else rng.randint(1, 5)
        people = tuple(_person(rng, position, numbers) for position in range(size))
        homes.append(Home(ground, building, unit, room, rng.random() < 0.3, people))
    return homes


def _person(rng: random.Random, position: int, numbers: set[str]) -> Person:
    birth = date(1930, 1, 1) + timedelta(days=rng.randrange(33_500))
    number = number_for(rng, birth)
    while number in numbers:
        number = number_for(rng, birth)
    numbers.add(number)
    name = rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.randint(1, 2)))
    if rng.random() < 0.04:
        name = rng.choice(RARE)
    return Person(
        name=f"{name}",
        relation="户主" if position == 0 else rng.choice(["配偶", "子", "女", "母亲", "父亲"]),
        birth_on=birth,
        number=number,
        phone=f"1400{rng.randrange(10**7):07d}" if position == 0 or rng.random() < 0.6 else "",
        is_party_member=rng.random() < 0.1,
        illness=rng.choice(["高血压", "糖尿病"]) if rng.random() < 0.1 else "",
        sampled=f"2022/11/{rng.randint(15, 22)} {rng.randint(6, 20):02d}:{rng.randint(0, 59):02d}",
    )


def building_spelling(rng: random.Random, number: int) -> object:
    return rng.choice(
        [f"{number}号楼", f"{number}栋", f"{number}#", str(number), float(number), f"{number}幢"]
    )


def unit_spelling(rng: random.Random, number: int) -> object:
    return rng.choice([f"{number}单元", str(number), float(number), f"{'一二三'[number - 1]}单元"])


def room_spelling(rng: random.Random, room: str) -> object:
    return rng.choice([room, f"{room}室", float(room), int(room)])


def door_spelling(rng: random.Random, home: Home) -> str:
    b, u, r = home.building, home.unit, home.room
    forms = [
        f"{b}-{u}-{r}",
        f"{b}号楼{u}单元{r}室",
        f"{b}栋{u}单元{r}",
        f"{b}#-{u}-{r}",
        f"{b}#楼{u}单元{r}",
    ]
    return rng.choice(forms)


def day_spelling(rng: random.Random, day: date) -> object:
    forms: list[object] = [
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        day,
    ]
    return rng.choice(forms)


def number_spelling(rng: random.Random, number: str) -> str:
    return rng.choice(
        [number, number.lower(), f" {number}", f"{number[:6]} {number[6:14]} {number[14:]}"]
    )


def phone_spelling(rng: random.Random, phone: str) -> object:
    if not phone:
        return rng.choice(["", "", "无"])
    return rng.choice([phone, float(phone), f"+86{phone}", f"{phone[:3]} {phone[3:7]} {phone[7:]}"])


TITLE = "某街道某社区第三网格居民台账（2022年11月20日更新）"
HEADERS = {
    "serial": ["序号", "编号", "No."],
    "compound": ["小区", "小区名称", "所在小区"],
    "building": ["楼号", "楼栋", "栋号", "楼栋号"],
    "unit": ["单元", "单元号"],
    "room": ["房号", "室", "房间号"],
    "address": ["住址", "家庭住址", "现住址", "详细地址", "门牌号"],
    "name": ["姓名", "居民姓名", "姓  名"],
    "relation": ["与户主关系", "关系", "与户主的关系"],
    "sex": ["性别"],
    "number": ["身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证号（18位）"],
    "birth": ["出生日期", "出生年月日"],
    "phone": ["联系电话", "手机号", "联系方式", "电话"],
    "tenure": ["居住性质", "常住/租住", "居住类型"],
    "party": ["是否党员", "党员", "政治面貌"],
    "illness": ["基础疾病", "慢性病", "患病情况"],
    "sampled": ["最近一次核酸时间", "核酸时间", "最近核酸"],
    "remark": ["备注", "其他情况"],
}


def header_names(rng: random.Random, keys: list[str]) -> list[str]:
    return [rng.choice(HEADERS[key]) for key in keys]


def person_cells(rng: random.Random, person: Person, home: Home) -> list[object]:
    return [
        person.name,
        person.relation,
        rng.choice(["男", "男性"]) if person.sex is Sex.MALE else "女",
        number_spelling(rng, person.number),
        day_spelling(rng, person.birth_on),
        phone_spelling(rng, person.phone),
        "租户" if home.is_rented else "常住",
        rng.choice(["是", "√", "有"]) if person.is_party_member else rng.choice(["", "否"]),
        person.illness or rng.choice(["", "无"]),
        person.sampled,
        "",
    ]


PERSON_KEYS = [
    *("name", "relation", "sex", "number", "birth", "phone"),
    *("tenure", "party", "illness", "sampled", "remark"),
]


def person_lines(rng: random.Random, homes: list[Home], *, style: str) -> Written:
    """Write one line a person.

    style: merged (household cells merged), blank (written once), repeated, one_cell (an address
    column, repeated).
    """
    out = Written()
    if rng.random() < 0.8:
        out.rows.append([TITLE])
        if rng.random() < 0.5:
            out.rows.append(["网格员：（签字）", "", "制表日期：2022.11.20"])
    place_keys = (
        ["serial", "address"]
        if style == "one_cell"
        else ["serial", "compound", "building", "unit", "room"]
    )
    names = header_names(rng, [*place_keys, *PERSON_KEYS])
    if style in {"merged", "repeated"} and rng.random() < 0.6:
        _two_levels(out, names, len(place_keys), merged=style == "merged")
    else:
        out.rows.append(list(names))
    for serial, home in enumerate(homes, 1):
        top = len(out.rows)
        for position, person in enumerate(home.people or (None,)):
            places = (
                _place_cells(rng, home, serial, style)
                if position == 0 or style in {"repeated", "one_cell"}
                else [""] * len(place_keys)
            )
            if person is None:
                out.rows.append([*places, "空户", *[""] * 10])
                continue
            out.rows.append([*places, *person_cells(rng, person, home)])
            out.where[person.number] = len(out.rows)
        if style == "merged" and len(home.people) > 1:
            out.merges += [(top, c, len(out.rows) - 1, c) for c in range(len(place_keys))]
        if rng.random() < 0.05:
            out.rows.append([""] * len(names))
    people = sum(len(home.people) for home in homes)
    out.rows.append(["合计", *[""] * 4, f"{len(homes)}户 {people}人"])
    return out


def _place_cells(rng: random.Random, home: Home, serial: int, style: str) -> list[object]:
    if style == "one_cell":
        return [serial, f"{home.ground}{door_spelling(rng, home)}"]
    return [
        serial,
        home.ground,
        building_spelling(rng, home.building),
        unit_spelling(rng, home.unit),
        room_spelling(rng, home.room),
    ]


def _two_levels(out: Written, names: list[str], places: int, *, merged: bool) -> None:
    """Write groups 住址, 人员基本信息, 重点情况 over the names; the last column has one level only."""
    groups = [
        (0, places, "住址"),
        (places, places + 7, "人员基本信息"),
        (places + 7, len(names) - 1, "重点情况"),
    ]
    upper: list[object] = [""] * len(names)
    for start, end, name in groups:
        upper[start] = name
        if merged:
            out.merges.append((len(out.rows), start, len(out.rows), end - 1))
    lower: list[object] = list(names)
    if merged:
        upper[-1], lower[-1] = names[-1], ""
        out.merges.append((len(out.rows), len(names) - 1, len(out.rows) + 1, len(names) - 1))
    out.rows += [upper, lower]


def household_lines(rng: random.Random, homes: list[Home], building: int, ground: str) -> Written:
    """Write one line a household, its people in a cell; the building stands in the title only."""
    out = Written()
    out.rows.append([f"{ground}{building}号楼摸排登记表"])
    out.rows.append(["门牌", "住户（人数）", "户主电话", "常住/租住", "其他情况"])
    for home in homes:
        door = rng.choice(
            [
                f"{home.unit}单元{home.room}室",
                f"{home.unit}-{home.room}",
                f"{home.unit}单元{home.room}",
            ]
        )
        names = [
            p.name if i == 0 else f"{p.name}（{p.relation}）" for i, p in enumerate(home.people)
        ]
        cell = f"{'、'.join(names)} {len(names)}人" if names else rng.choice(["空户", "无人居住"])
        phone = home.people[0].phone if home.people else ""
        out.rows.append([door, cell, phone, "租户" if home.is_rented else "常住", ""])
    return out


def with_faults(
    rng: random.Random, written: Written, homes: list[Home], count: int
) -> dict[int, str]:
    """Spoil single cells of person lines in place; return row -> the fault's code."""
    header = next(
        row
        for row in written.rows
        if any(str(c).startswith(("身份证", "公民", "证件")) for c in row)
    )
    columns = {
        key: next(i for i, c in enumerate(header) if c in HEADERS[key])
        for key in ("number", "birth", "phone", "sex")
    }
    people = [person for home in homes for person in home.people]
    spoiled: dict[int, str] = {}
    for person in rng.sample(people, count):
        row = written.where[person.number]
        line = written.rows[row - 1]
        kind = rng.choice(["short", "check", "float", "date", "sex", "birth"])
        if kind == "short":
            line[columns["phone"]], spoiled[row] = "1380351", "phone_short"
        elif kind == "check":
            last = "0" if person.number[-1] != "0" else "1"
            line[columns["number"]], spoiled[row] = person.number[:-1] + last, "id_check_digit"
            if person.number[14:17] + last == person.number[14:15] + "000":
                spoiled[row] = "id_digits_lost"
        elif kind == "float":
            line[columns["number"]] = float(person.number[:17] + "0")
            spoiled[row] = "id_digits_lost"
        elif kind == "date":
            line[columns["birth"]], spoiled[row] = "1956.13.2", "no_such_date"
        elif kind == "sex":
            line[columns["sex"]] = "女" if person.sex is Sex.MALE else "男"
            spoiled[row] = "sex_contradicts_id"
        else:
            other = person.birth_on - timedelta(days=400)
            line[columns["birth"]], spoiled[row] = other.isoformat(), "birth_contradicts_id"
    return spoiled


def without_phones(homes: list[Home]) -> list[Home]:
    return [replace(h, people=tuple(replace(p, phone="") for p in h.people)) for h in homes]
