"""Counts of people, and the magnitude of a quake, as a headline gives them."""

import re

from digests.stories.told import Figures

_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        1,
    )
} | {
    "a": 1,
    "an": 1,
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2000,
    "thirty": 30,
    "forty": 40,
}
_KO_WORDS = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "수십": 30, "수백": 300}  # fmt: skip
_N = r"(\d[\d,]*|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")"
_K = r"(\d[\d,]*|" + "|".join(sorted(_KO_WORDS, key=len, reverse=True)) + r")\s?(만|천)?\s?(?:여\s?)?명"
_GAP = r"[^.!?…,;]{0,12}?"

_KO = {
    "dead": (r"숨져|숨졌|숨진|사망|희생|목숨|순직", r"사망자?|사망\s?인원|희생자?|사망자\s?수"),
    "hurt": (r"부상|다쳐|다쳤|다친|중상|경상|중경상|이송|옮겨|화상", r"부상자?|중상|경상|사상자"),
    "missing": (r"실종|연락|매몰|갇혀|갇혔|고립|행방", r"실종자?|매몰자?"),
    "ill": (
        r"구토|복통|설사|식중독|증세|증상|감염|확진|치료|입원",
        r"(?:식중독|감염|의심|확진)?\s?(?:환자|학생|확진자?|감염자?|유증상자|식중독|구토|의심)",
    ),
}
_PEOPLE = (
    r"(?:\s(?:people|persons?|passengers?|workers?|students?|children|fans?|soldiers?|crew|residents?|pilots?|others?|"
    r"diners|pupils|patients|employees|firefighters|tourists|more))?"
)
_EN = {
    "dead": (
        rf"\b{_N}{_PEOPLE}(?:\s(?:are|were|is|was|found|confirmed|feared|now|have|has))*\s(?:dead|killed|died|die|dies|drown\w*)\b"
        rf"|\b(?:kills?|killed|killing|claims?|claimed)\s(?:at least\s)?{_N}\b"
        rf"|\btoll\b[^.;]{{0,18}}?\b{_N}\b|\btoll\b[^.;]{{0,60}}?\b(?:to|at|hits|reaches|passes)\s{_N}\b|\bdead:?\s{_N}\b|\b{_N}\sdeaths\b|\b{_N}\sbodies\b"
    ),
    "hurt": (
        rf"\b{_N}{_PEOPLE}(?:\s(?:are|were|is|was|more|others))*\s(?:hurt|injured|wounded|hospitali[sz]ed|taken to|burned)\b"
        rf"|\b(?:injures?|injured|injuring|hurts?|wounds?|burns?|burned)\s(?:at least\s)?{_N}\b"
    ),
    "missing": rf"\b{_N}{_PEOPLE}(?:\s(?:are|still|is|remain|remains))*\s(?:missing|unaccounted|trapped|buried)\b",
    "ill": (
        rf"\b{_N}{_PEOPLE}(?:\s(?:are|fall|fell|fallen|now))*\s(?:ill|sick|sickened)\b"
        rf"|\b(?:sickens?|sickened)\s(?:at least\s)?{_N}\b|\bcases\s(?:rise|rises|climb|jump|top|reach)\w*\sto\s{_N}\b"
    ),
}
# What a text must hold for the patterns above to be found in it.
_NEEDS_KO = ("명",)
_NEEDS_EN = {
    "dead": ("dead", "kill", "die", "drown", "claim", "toll", "death", "bodies"),
    "hurt": ("hurt", "injur", "wound", "hospitali", "taken to", "burn"),
    "missing": ("missing", "unaccounted", "trapped", "buried"),
    "ill": ("ill", "sick", "cases"),
}
_RECORDS_KO = re.compile(
    r"(\d[\d,.]*)\s?(만|천|억)?\s?(?:여\s?)?(?:명|건|개)[^.!?…]{0,14}?(?:유출|정보|털|해킹|탈취|피해|가입자|회원|계정|번호)|(?:유출|피해|회원|가입자|정보)[^.!?…\d]{0,10}(\d[\d,.]*)\s?(만|천|억)?\s?(?:여\s?)?(?:명|건)"
)
_RECORDS_EN = re.compile(
    r"(\d[\d,.]*)\s?(million|mln|m\b|thousand|billion)?\s?(?:\w+\s){0,3}?(?:records|accounts|customers|users|people|passports?|"
    r"passwords|members|subscribers|concert-goers)",
    re.IGNORECASE,
)
_UNITS = {"만": 10_000, "천": 1_000, "억": 100_000_000, "million": 10**6, "mln": 10**6, "m": 10**6, "thousand": 10**3, "billion": 10**9}  # fmt: skip
_EN_MADE = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _EN.items()}
_KO_MADE = {
    kind: re.compile(
        rf"{_K}{_GAP}(?:{after})|(?:{before})\s?(?:은|는|이|가|·)?\s?(?:모두\s|총\s|최소\s)?{_K}"
    )
    for kind, (after, before) in _KO.items()
}
# "1명→5명", "from 1 to 5": the count is what it has come to.
_RISES = re.compile(r"\d[\d,]*\s?명?\s?(?:→|➝|➔|->|에서)\s?(\d[\d,]*\s?명)|\bfrom \w+ to (\d[\d,]*)\b")
_DIGIT = re.compile(r"\d")
_MAGNITUDE = re.compile(
    r"규모\s?(?:가\s)?(\d(?:\.\d)?)|magnitude[\s:-]{0,2}(?:of\s|at\s|is\s)?(\d(?:\.\d)?)|\bM[wL]?\s?(\d\.\d)\b|\bM\s?(\d)[- ](?:quake|earthquake)|"
    r"(?<![\d.])(\d(?:\.\d)?)[- ](?:magnitude|quake|earthquake|tremor|지진|규모)|(?<![\d.])(\d(?:\.\d)?) on the richter|"
    r"(?:quake|earthquake|tremor|지진)\s?(?:of\s|measuring\s|\()(\d\.\d)",
    re.IGNORECASE,
)


def figures(title: str, below: str, *, korean: bool, dead: bool = False, breach: bool = False) -> Figures:
    """Read the counts; the title's where it has one, else the highest below it.

    `dead`: somebody is, count or not; `breach`: it is about people's data.
    """
    made = _KO_MADE if korean else _EN_MADE
    title, below = (_RISES.sub(lambda risen: risen[1] or risen[2], text) for text in (title, below))
    found: dict[str, int] = {}
    lower = [text.lower() for text in (title, below)]
    for kind, pattern in made.items():
        needs = _NEEDS_KO if korean else _NEEDS_EN[kind]
        for text, folded in zip((title, below), lower, strict=True):
            if not any(word in folded for word in needs):  # most texts count nobody
                continue
            numbers = [_number(match) for match in pattern.finditer(text)]
            if numbers:
                found[kind] = max(numbers)
                break
    if dead:
        found["dead"] = max(1, found.get("dead", 0))
    if breach:
        found["records"] = _records(title, korean=korean) or _records(below, korean=korean)
    whole = f"{title} {below}"
    match = _MAGNITUDE.search(whole) if _DIGIT.search(whole) else None
    magnitude = float(next(group for group in match.groups() if group)) if match else 0.0
    return Figures(**found, magnitude=magnitude)


def _records(text: str, *, korean: bool) -> int:
    most = 0.0
    for match in (_RECORDS_KO if korean else _RECORDS_EN).finditer(text):
        groups = [group for group in match.groups() if group]
        number = float(groups[0].replace(",", "").rstrip(".") or 0)
        most = max(most, number * _UNITS.get(groups[1].lower(), 1) if len(groups) > 1 else number)
    return int(min(most, 10**10))


def _number(match: re.Match[str]) -> int:
    groups = [group for group in match.groups() if group]
    if not groups:
        return 0
    word = groups[0].lower().replace(",", "")
    number = int(word) if word.isdigit() else _WORDS.get(word) or _KO_WORDS.get(word, 0)
    unit = {"만": 10_000, "천": 1_000}.get(groups[1], 1) if len(groups) > 1 else 1
    return min(number * unit, 10_000_000)
