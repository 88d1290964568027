"""Reading a notice of fifty items."""

import random
from time import perf_counter

from bench.harness import SEED, Bench, CannotRun, Measured

ITEMS, READINGS = 50, 20


def _text() -> str:
    """Compose a notice: three districts, fifty items of every kind, numbered, the lead, a close."""
    try:
        from gridwell.orders.tests.compose_notice import item
    except ImportError as error:
        raise CannotRun("the composer of notices is not in this installation") from error
    rng, used = random.Random(SEED), set[str]()
    lines = [
        "安澜市新型冠状病毒肺炎疫情防控指挥部通告",
        "（2022年第173号）",
        "经专家组研判，自2022年11月20日24时起，调整部分区域风险等级。现通告如下：",
        f"将以下{ITEMS}个区域划定为高风险区：",
    ]
    left = ITEMS
    for district, count in (("临泽区", 20), ("望岳区", 20), ("青禾区", 10)):
        lines.append(f"{district}（{count}个）")
        lines += [f"{n}.{item(rng, used)}；" for n in range(1, count + 1)]
        left -= count
    assert left == 0
    return "\n".join(
        [*lines, "特此通告。", "安澜市新型冠状病毒肺炎疫情防控指挥部", "2022年11月20日"]
    )


def _run() -> Measured:
    from gridwell.orders.rules.notice import read_notice

    text = _text()
    found = sum(len(group.items) for group in read_notice(text).groups)
    assert found == ITEMS, f"{found} items were read"
    taken = []
    for _ in range(READINGS):
        begun = perf_counter()
        read_notice(text)
        taken.append(perf_counter() - begun)
    return Measured(sorted(taken)[READINGS // 2] * 1000)


BENCHES = [Bench("notice", "ms", _run, bar=20)]
