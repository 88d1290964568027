"""Invents people: names, numbers that were issued to nobody, families, circumstances. Seeded.

ID numbers carry the region code 140100, which was never issued to a person, and phones the
segment 1400, which no operator has, so that nobody real can be meant by accident.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from gridwell.residents.rules.identity import check_digit

REGION = "140100"
PHONE_SEGMENT = "1400"
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国志文慧云宏亮海波宁欣怡佳俊浩宇轩子涵梓睿思雨晨"
    "晓东立新春秋冬梅雪松柏青山河川林森木兴旺福寿康乐安祥瑞和美淑贤贞惠凤莲菊荷莉"
)


@dataclass
class InventedPerson:
    """A person nobody is."""

    name: str
    sex: str
    birth_on: date
    document: str
    phone: str
    relation: str
    is_head: bool = False
    traits: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class InventedHousehold:
    """People who keep house together, and how they hold the dwelling."""

    tenure: str
    people: list[InventedPerson]


class Inventor:
    """Invents households for one community; the same seed gives the same people."""

    def __init__(self, seed: int, today: date) -> None:
        self._random = Random(seed)
        self._today = today
        self._seen: set[str] = set()
        self._next_phone = self._random.randrange(10**7)

    def household(self, size: int) -> InventedHousehold:
        """Return a household of `size` people; sizes 1 to 6 make a plausible family."""
        is_rented = self._random.random() < 0.22
        head_age = self._head_age(size)
        head = self._person(head_age, "户主")
        head.is_head = True
        people = [head]
        relations = self._relations(size, head_age)
        for relation, age in relations:
            sex = None
            if relation == "配偶":
                sex = "female" if head.sex == "male" else "male"
            elif relation in {"子", "父亲"}:
                sex = "male"
            elif relation in {"女", "母亲"}:
                sex = "female"
            surname = head.name[0] if relation in {"子", "女"} and head.sex == "male" else None
            people.append(self._person(age, relation, sex=sex, surname=surname))
        self._circumstances(people)
        return InventedHousehold("rented" if is_rented else "owned", people)

    def _head_age(self, size: int) -> int:
        if size <= 2 and self._random.random() < 0.45:
            return self._random.randint(60, 91)
        return self._random.randint(26, 62)

    def _relations(self, size: int, head_age: int) -> Iterator[tuple[str, int]]:
        if size >= 2:
            yield "配偶", max(22, head_age + self._random.randint(-5, 4))
        for _ in range(min(size - 2, 2)):
            age = max(0, head_age - self._random.randint(24, 33))
            yield self._random.choice(["子", "女"]), age
        for relation in ("母亲", "父亲")[: max(0, size - 4)]:
            yield relation, min(96, head_age + self._random.randint(22, 30))

    def _person(
        self, age: int, relation: str, *, sex: str | None = None, surname: str | None = None
    ) -> InventedPerson:
        sex = sex or self._random.choice(["male", "female"])
        given = self._random.sample(GIVEN, self._random.choice([1, 2, 2]))
        name = (surname or self._random.choice(SURNAMES)) + "".join(given)
        born = self._today - timedelta(days=age * 365 + age // 4 + self._random.randrange(1, 365))
        has_phone = age >= 12 and self._random.random() < 0.93
        return InventedPerson(
            name=name,
            sex=sex,
            birth_on=born,
            document=self._document(born, sex) if self._random.random() < 0.985 else "",
            phone=self._phone() if has_phone else "",
            relation=relation,
        )

    def _document(self, born: date, sex: str) -> str:
        while True:
            order = self._random.randrange(1, 499) * 2 + (sex == "male")
            head = f"{REGION}{born:%Y%m%d}{order:03d}"
            number = head + check_digit(head)
            if number not in self._seen:
                self._seen.add(number)
                return number

    def _phone(self) -> str:
        self._next_phone = (self._next_phone + 104729) % 10**7
        return f"{PHONE_SEGMENT}{self._next_phone:07d}"

    def _circumstances(self, people: list[InventedPerson]) -> None:
        chance = self._random.random
        for person in people:
            age = self._age(person)
            if chance() < (0.16 if age >= 60 else 0.015):
                person.traits.append(("illness", "unstable" if chance() < 0.2 else "stable"))
            if chance() < (0.03 if age >= 60 else 0.01):
                person.traits.append(("disabled", ""))
            if age >= 78 and chance() < 0.12:
                person.traits.append(("cannot_walk", ""))
            if person.sex == "female" and 22 <= age <= 40 and chance() < 0.03:
                person.traits.append(("pregnant", ""))
            if age >= 22 and chance() < 0.08:
                person.traits.append(("party_member", ""))
            vaccine = "full" if chance() < (0.68 if age >= 80 else 0.9) else "none"
            person.traits.append(("vaccine", vaccine))
        if chance() < 0.012:
            people[0].traits.append(("low_allowance", ""))
        elif chance() < 0.003:
            people[0].traits.append(("destitute", ""))
        if len(people) == 1 and self._age(people[0]) >= 60:
            people[0].traits.append(("lives_alone", ""))

    def _age(self, person: InventedPerson) -> int:
        return (self._today - person.birth_on).days // 365


def sizes(random: Random, households: int, residents: int) -> list[int]:
    """Return how many people live in each household; the sum is exactly `residents`."""
    if not households:
        return []
    found = random.choices([1, 2, 3, 4, 5, 6], weights=[18, 26, 28, 19, 7, 2], k=households)
    while (gap := residents - sum(found)) != 0:
        index = random.randrange(households)
        step = 1 if gap > 0 else -1
        if 1 <= found[index] + step <= 6:
            found[index] += step
    return found
