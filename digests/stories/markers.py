"""The words of editors, as data. All are compared in NFKC and without regard to case, but for CAPITALS.

A kind is the code of the reason it gives. Taken from the habits of English and Korean desks; an operator who
reads this file should be able to say why something rang.
"""

from collections.abc import Mapping


def _words(listed: str) -> frozenset[str]:
    return frozenset(word.strip() for word in listed.split(","))


BREAKING_TAGS = _words("breaking, breaking news, 속보, 긴급속보, 뉴스속보")

# Before a colon or a bar at a title's start: "BREAKING: …", "Breaking | …", "속보: …".
# Not here: 2보, 3보 and 종합 (what follows a bulletin), 속보= (an old paper's mark of a follow-up).
BREAKING_HEADINGS = _words(
    "breaking, breaking news, news flash, newsflash, just in, 속보, 긴급, 긴급 속보, 긴급속보, 뉴스 속보, 뉴스속보, 1보"
)

# Alone in a bracket at a title's start: [속보], (URGENT), <속보>. Also parts of one: [단독·속보].
BREAKING_BRACKETS = BREAKING_HEADINGS | _words("flash, urgent")

# In capitals only: "Flash: …" is a hero, "Urgent: …" an appeal. The dashed ones stand before " - ", where
# "Breaking – the dance that came to the Games" is none.
CAPITALS = _words("FLASH, URGENT")
CAPITALS_DASHED = _words("BREAKING, BREAKING NEWS, URGENT, FLASH, 속보")

# The kinds of piece that ring nobody: as a tag, in a bracket, as a heading, or as a label at the end.
KINDS: Mapping[str, frozenset[str]] = {
    "opinion": _words(
        "opinion, opinions, op-ed, op ed, oped, commentary, comment, viewpoint, perspective, essay, essays, guest essay, letters, "
        "letter to the editor, letters to the editor, "
        "오피니언, 기고, 특별기고, 독자기고, 시론, 논평, 의견, 독자투고, 발언대, 기자수첩"
    ),
    "column": _words("column, columns, columnist, columnists, guest column, 칼럼, 컬럼, 에세이, 만평"),
    "editorial": _words("editorial, editorials, from the editor, 사설, 사설칼럼"),
    "interview": _words("interview, interviews, exclusive interview, q&a, 인터뷰, 일문일답, 대담"),
    "review": _words(
        "review, reviews, album review, book review, concert review, drama review, film review, k-drama review, "
        "kdrama review, live review, movie review, music review, tv review, 리뷰, 후기, 체험기, 관람기, 서평"
    ),
    "analysis": _words("analysis, news analysis, explainer, explained, 분석, 해설, 뉴스분석"),
    "recap": _words("recap, recaps, weekly recap, roundup, round-up, weekly roundup, 주간 정리"),
    "listicle": _words("list, lists, listicle, listicles"),
    "feature": _words("feature, features, 기획, 특집"),
    "guide": _words("guide, guides, how-to, schedule, 편성, 편성표"),
    "correction": _words("correction, corrections, clarification, 정정, 바로잡습니다"),
    "sponsored": _words(
        "ad, ads, advertisement, advertorial, advertorials, sponsored, sponsored content, sponsored post, promoted, "
        "paid content, paid post, partner content, branded content, 광고, 애드버토리얼, 기사형 광고, 협찬, 전면광고"
    ),
}

# Desks put a name before these in a bracket: [한강 칼럼], [N인터뷰], [Han River Interview].
KIND_ENDINGS: Mapping[str, str] = {
    "인터뷰": "interview",
    "interview": "interview",
    "칼럼": "column",
    "column": "column",
    "시론": "opinion",
    "리뷰": "review",
    "review": "review",
}
NOT_ENDINGS = ("preview", "프리뷰")  # end so, and are something else
