"""Numbers as both languages write them: 2천140억 is 214 bln, 1조6천억 1.6 trillion, 41만 410,000, 규모 4.3 magnitude 4.3."""

import re

_KOREAN = re.compile(r"(?:\d[\d,]*(?:\.\d+)?\s?[조억만천백]+\s?)+(?:\d[\d,]*(?![\d.]))?|\d[\d,]*(?:\.\d+)?")
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?([조억만천백]*)")
_UNIT = {"": 1.0, "백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}
_ENGLISH = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)(?:\s?-?(thousand|million|mln|billion|bln|trillion|tln|bn|tn|[kKmMbB])(?![a-zA-Z]))?"
)
_SCALE = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mln": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bln": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tln": 1e12,
    "tn": 1e12,
}
_DAY_KO = re.compile(r"(\d{1,2})일(?!\s?(?:째|간|만|동안|차))")
_MONTH_DAY = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.? (\d{1,2})(?!\d)", re.IGNORECASE
)
_CLOCK = re.compile(
    r"\d{1,2}시(?:\s?\d{1,2}분)?|\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\b\.?|\d{1,2}월"
)


def days(text: str) -> set[int]:
    """Give the days of a month that a text names: "28일", "Sept. 28"."""
    found = {int(one) for one in _DAY_KO.findall(text)} | {int(one) for one in _MONTH_DAY.findall(text)}
    return {day for day in found if 1 <= day <= 31}


def amounts(text: str, *, korean: bool) -> list[str]:
    """Give the numbers of a text in its order, each once, as "#" and the value; dates and hours are none."""
    text = _CLOCK.sub(" ", _MONTH_DAY.sub(" ", _DAY_KO.sub(" ", text)))
    values = map(_korean, _KOREAN.findall(text)) if korean else map(_english, _ENGLISH.findall(text))
    return list(dict.fromkeys(f"#{value:.6g}" for value in values))


def _korean(written: str) -> float:
    total = section = 0.0
    for digits, units in _PART.findall(written):
        value = float(digits.replace(",", ""))
        for unit in units:
            if unit in "백천":
                value *= _UNIT[unit]
            else:
                total += (section + value) * _UNIT[unit]
                section = value = 0.0
        section += value
    return total + section


def _english(written: tuple[str, str]) -> float:
    digits, scale = written
    return float(digits.replace(",", "")) * _SCALE.get(scale.lower(), 1.0)
