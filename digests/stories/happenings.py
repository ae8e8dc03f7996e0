"""What an entry says has happened, and whether it says so as a fact."""

import re
from dataclasses import dataclass

from digests.stories.newswords import NewsWords, Sign
from digests.stories.told import Doubt, Happening
from digests.stories.wording import fold, is_korean

# Characters in which a word of doubt is looked for, after and before.
_NEAR_KO, _NEAR_EN = (14, 18), (40, 40)
_BELOW = 400  # characters of the summary that are read: what is news stands first
_EARLY = 100
_STRESSED = re.compile(
    r"[가-힣]{1,6}|올해의 [가-힣]+|[가-힣 ]{1,12}상|(?:video|song|album|artist|record|film|group) of the year",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"(?:드라마|영화|예능|연극|뮤지컬|소설|웹툰|앨범|신곡|타이틀곡|싱글|다큐|다큐멘터리|게임|프로그램|시리즈|넷플릭스|곡) ?$"
)
# Who speaks before a quotation, or after it: what stands between single quotes is speech then and no work's name.
_SPEAKS = re.compile(
    r"(?:경찰|검찰|해경|소방|당국|합참|정부|법원|대통령실|대통령|총리|장관|총재|소속사|대변인|관계자|위원장|본부|목격자|유족|주민|측)[,:]? ?$|"
    r"\b(?:police|prosecutors|officials?|ministry|court|military|army|government|president|minister|agency|label|firefighters|"
    r"guard|spokes\w+|says?|said|witness(?:es)?)[,:]? ?$",
    re.IGNORECASE,
)
_SAID = re.compile(
    r",? ?(?:says|said|police|prosecutors|officials)\b|(?:이?라고|고) (?:말|밝|전)", re.IGNORECASE
)
_SPOKEN = 8  # letters of what is long enough to be a sentence
# The surname No, before a given name in a headline that writes other words small: it denies nothing.
_NO = re.compile(
    r"\bNo (?=[A-Z][a-z]+-[a-z])|(?<=[A-Za-z,] )No (?=[A-Z][a-z]+(?<!ean)(?<!ese)(?<!ish)(?<!ican) [a-z])"
)
_GENRE = re.compile(
    r"\b[\w-]+(?= (?:drama|thriller|series|movie|musical|webtoon|novel|comedy|sitcom|documentary|song|single|album|mv|"
    r"ballad|anthem|variety)s?\b(?! (?:set|crew|company|producer|maker|director|star|actor|writer|over|after|by|in|for)))|"
    r"(?<![가-힣])(?!다룬|그린|담은)[가-힣]+(?= (?:드라마|영화|예능|소설|웹툰|뮤지컬|다큐|스릴러|만화|시트콤)(?![가-힣]*(?:감독|배우|제작|작가|촬영|스태프|출연)))"
)
_QUOTED = re.compile(r"(?<!\w)'([^'\n]{1,60})'(?!\w[^'])|[<《「『]([^<>《》「」『』]{1,40})[>》」』]")
_CLAUSE = re.compile(r"[!?…|;]|\.(?!\s?[\da-z])|\s[-–—]\s|,\s(?=\D)")
_BYLINE = re.compile(
    r"^\s*(?:[\[(][^\])]{2,40}[\])]\s*)?(?:[가-힣]{2,4} (?:인턴)?기자\s*=?\s*|[A-Z][A-Z .'-]{2,30}, [A-Z][a-z]+\.? \d+ \([^)]{2,30}\) [-–—]+ )?"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A title and what stands below it, folded, works' names taken out, and cut to what is read."""

    title: str
    below: str
    korean: bool  # the title
    korean_below: bool


def text_of(title: str, summary: str) -> Text:
    """Fold what is read of an entry; where the title is empty, the first words below it stand for it."""
    title, below = fold(title), fold(_BYLINE.sub("", fold(summary), count=1)[:_BELOW])
    if not title:
        title, _, below = below.partition(". ")
    title, below = _NO.sub("Noh ", title), _NO.sub("Noh ", below)
    return Text(_unquoted(title), _unquoted(below), is_korean(title or below), is_korean(below or title))


def happenings(text: Text, lexicon: NewsWords) -> tuple[Happening, ...]:
    """Find what happened, once for each code: as a fact and in the title where it is said so anywhere."""
    signs, found = tuple(lexicon.signs.values()), {}
    title = frozenset(lexicon.worth_signs.of(text.korean).worth(text.title))
    below = frozenset(lexicon.worth_signs.of(text.korean_below).worth(text.below))
    for number in sorted(title | below):
        one = _found(text, signs[number], lexicon, title=number in title, below=number in below)
        if one:
            found[one.code] = one
    for number in lexicon.worth_beside.of(text.korean).worth(text.title):
        sign = signs[number]
        pattern = sign.beside.of(text.korean)
        if sign.code not in found and pattern and (match := pattern.search(text.title)):
            doubt: Doubt = "" if sign.beside_codes & found.keys() else "weak"
            found[sign.code] = Happening(sign.code, match[0].strip(), title=True, doubt=doubt, early=True)
    return tuple(found.values())


def _found(text: Text, sign: Sign, lexicon: NewsWords, *, title: bool, below: bool) -> Happening | None:
    """Look for one sign where it is worth looking for."""
    best: Happening | None = None
    for there, place, whole, korean in (
        (title, "title", text.title, text.korean),
        (below, "below", text.below, text.korean_below),
    ):
        pattern, not_ = sign.words.of(korean), sign.lookalikes.of(korean)
        if not there or not pattern or not pattern.search(whole):
            continue
        masked = not_.sub(_blank, whole) if not_ else whole
        for match in pattern.finditer(masked):
            one = Happening(
                sign.code,
                match[0].strip()[:60],
                title=place == "title",
                doubt=_doubt(masked, match, sign, lexicon, korean=korean),
                early=place == "title" or match.start() < _EARLY,
            )
            if not one.doubt:
                return one
            best = best or one
    return best


def _doubt(whole: str, match: re.Match[str], sign: Sign, lexicon: NewsWords, *, korean: bool) -> Doubt:
    """Say why what matched is no fact: by the words of the clause around it, or because the clause asks."""
    before, after = _around(whole, match)
    behind, ahead = _NEAR_KO if korean else _NEAR_EN
    for doubter in lexicon.doubters:
        if sign.code in doubter.spares or (doubter.doubt == "possible" and sign.plans and _sets(before)):
            continue
        joined, late, early = (pair.of(korean) for pair in (doubter.joined, doubter.after, doubter.before))
        if (
            (joined and joined.match(after))
            or (late and late.search(after[:behind]))
            or (doubter.doubt != "asked" and early and early.search(before[-ahead:]))
        ):
            return doubter.doubt
    rest = whole[match.end() :]
    ends = re.search(r"[.!?…|;]", rest)
    return "asked" if ends and ends[0] == "?" else ""


def _sets(before: str) -> bool:
    """Whether a plan is told as settled: "set to", "to" alone."""
    return bool(re.search(r"\b(?:set to|will|to)\s*$", before))


def _around(whole: str, match: re.Match[str]) -> tuple[str, str]:
    """Give what stands before and after in the same clause."""
    before = whole[: match.start()]
    cuts = list(_CLAUSE.finditer(before))
    before = before[cuts[-1].end() :] if cuts else before
    after = whole[match.end() :]
    cut = _CLAUSE.search(after)
    return before, after[: cut.start()] if cut else after


def _unquoted(text: str) -> str:
    """Take out what names works and their kinds: titles in single quotes or brackets, the "crime" of a crime drama.

    A short Korean word in quotes is stressed, not a title.
    """
    text = _QUOTED.sub(_named, text)
    return _GENRE.sub(_blank, text)


def _named(found: re.Match[str]) -> str:
    """Give what a quoted word says, or nothing where it is a work's name: after "the drama" even a short one is.

    What somebody is said to say is no work's name either.
    """
    before = found.string[: found.start()]
    if not found[1] or _WORK.search(before):
        return "‖"
    speech = len(found[1]) >= _SPOKEN and (_SPEAKS.search(before) or _SAID.match(found.string, found.end()))
    return found[1] if speech or _STRESSED.fullmatch(found[1]) else "‖"


def _blank(found: re.Match[str]) -> str:
    return "‖" * len(found[0])
