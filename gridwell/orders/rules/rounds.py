"""What a round of sampling is ordered for (轮次用途). Pure."""

from enum import StrEnum


class Purpose(StrEnum):
    """Why people are sampled."""

    CITY_ROUND = "city_round"  # 全员核酸, a whole area
    ZONE_DAY = "zone_day"  # 高风险区第1、2、3天, number = the day
    CLOSING_ROUND = "closing_round"  # 解除前最后一轮
    KEY_PEOPLE = "key_people"  # 重点人群
