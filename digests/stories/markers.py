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
CAPITALS = _words("FLASH, URGENT, ALERT")
CAPITALS_DASHED = _words("BREAKING, BREAKING NEWS, URGENT, FLASH, 속보")

# What wires write before a hyphen, without a space: "ALERT-Landslide hits homes", "RPT-INTERVIEW-…".
CAPITALS_WIRE = _words("ALERT, FLASH, URGENT, SNAP, BREAKING, NEWSFLASH")
WIRE_HEADINGS = CAPITALS_WIRE | _words(
    "UPDATE, RPT, REFILE, CORRECTED, CORRECTION, WITHDRAWN, FACTBOX, TIMELINE, EXPLAINER, ANALYSIS, INTERVIEW, FOCUS, "
    "INSIGHT, PREVIEW, DIARY, ADVISORY, WRAPUP, POLL, COLUMN, COMMENTARY, BREAKINGVIEWS, TEXT, EXCLUSIVE, FEATURE, "
    "REVIEW, OBITUARY, PROFILE, SCHEDULE, TABLE, LIVE, TEST, EMBARGO, QUOTES, INSTANT VIEW, SPECIAL REPORT, MEDIA"
)

# Headings that say nothing by themselves: they are passed over.
PASSED = _words(
    "live, update, updated, exclusive, developing, live updates, live blog, watch live, official, new, 단독, 공식, 종합, 영상"
)

# The kinds of piece that ring nobody: as a tag, in a bracket, as a heading, or as a label at the end.
KINDS: Mapping[str, frozenset[str]] = {
    "opinion": _words(
        "opinion, opinions, op-ed, op ed, oped, commentary, comment, viewpoint, perspective, essay, essays, guest essay, letters, "
        "letter to the editor, letters to the editor, our view, my view, first person, appreciation, breakingviews, "
        "오피니언, 기고, 특별기고, 독자기고, 시론, 논평, 의견, 독자투고, 발언대, 기자수첩, 취재수첩, 데스크에서, 데스크, "
        "특파원 시선, 여적, 단상, 세상읽기"
    ),
    "column": _words("column, columns, columnist, columnists, guest column, 칼럼, 컬럼, 에세이, 만평"),
    "editorial": _words("editorial, editorials, from the editor, 사설, 사설칼럼"),
    "interview": _words("interview, interviews, exclusive interview, q&a, 인터뷰, 일문일답, 대담"),
    "review": _words(
        "review, reviews, album review, book review, concert review, drama review, film review, k-drama review, "
        "kdrama review, live review, movie review, music review, tv review, 리뷰, 후기, 체험기, 관람기, 서평"
    ),
    "analysis": _words(
        "analysis, news analysis, explainer, explainers, explained, factbox, timeline, focus, insight, fact check, "
        "instant view, special report, profile, quotes, table, poll, "
        "분석, 해설, 뉴스분석, 심층, 심층분석, 초점, 이슈, 이슈분석, 팩트체크, 진단, 궁금증, 뉴스 따라잡기, 뉴스룸에서, 그래픽"
    ),
    "recap": _words(
        "recap, recaps, weekly recap, roundup, round-up, weekly roundup, news briefing, briefing, "
        "주간 정리, 조간 미리보기, 조간, 석간, 다시보기, 오늘의 뉴스, 주요뉴스, 주요 뉴스, 헤드라인, 뉴스 브리핑, 이 시각 뉴스"
    ),
    "listicle": _words("list, lists, listicle, listicles"),
    "feature": _words("feature, features, 기획, 특집"),
    "schedule": _words(
        "schedule, schedules, diary, calendar, what's on, tv listings, listings, "
        "편성, 편성표, 일정, 오늘의 일정, 주요 일정, 내일 일정, 내일의 일정, 주간 일정, 이번 주 일정, 잠시 후, 곧 방송, 예고"
    ),
    "guide": _words("guide, guides, how-to"),
    "correction": _words(
        "correction, corrections, corrected, clarification, clarifications, withdrawn, retraction, retracted, refile, "
        "kill, mandatory kill, kill notice, eliminate, cancel, cancels, advisory, editor's note, 정정, 바로잡습니다, 바로잡기, 정정보도, 알립니다, 전문취소, 기사취소"
    ),
    "test": _words("test, 시험, 테스트, 훈련, 시험방송, 시험송출"),
    "old": _words(
        "rpt, archive, archives, from the archive, from the archives, flashback, throwback, on this day, 아카이브"
    ),
    "embargo": _words("embargo, embargoed, 엠바고, 내일"),
    "photo": _words(
        "photo, photos, in pictures, in photos, gallery, pictures, 포토, 사진, 화보, 포토뉴스, 사진뉴스, 움짤, 현장포토, 포토슬라이드"
    ),
    "notice": _words(
        "notice, notices, noticeboard, obituary notices, horoscope, market data, 게시판, 알림, 공지, 인사, 부고, 동정, 단신, "
        "궂긴소식, 운세, 오늘의 운세, 시세, 경매 시세, 결혼, 화촉, 모집, 채용"
    ),
    "colour": _words(
        "르포, 현장, 스케치, 현장 스케치, 현장르포, 화제, 이 사람, 사람들, 포커스, 비하인드, 인물"
    ),
    "sponsored": _words(
        "ad, ads, advertisement, advertorial, advertorials, sponsored, sponsored content, sponsored post, promoted, "
        "paid content, paid post, partner content, branded content, 광고, 애드버토리얼, 기사형 광고, 협찬, 전면광고"
    ),
}

# In a bracket they tell what kind of piece it is; as a publisher's category they are sections like any other.
NOT_AS_TAGS = _words(
    "결혼, 화촉, 이슈, 포커스, 화제, 인물, 사람들, 이 사람, 현장, 초점, 진단, 그래픽, 단신, 내일, 시험, 테스트, 훈련, 예고, 일정, 사진, "
    "포토, 영상, 심층, 알림, 공지, 인사, 모집, 채용, focus, insight, profile, table, poll, quotes, test, kill, cancel, "
    "cancels, eliminate, advisory, calendar, photo, photos, pictures, gallery, briefing, notice, notices, "
    "special report, market data"
)

# Desks put a name before these in a bracket: [한강 칼럼], [N인터뷰], [Han River Interview].
KIND_ENDINGS: Mapping[str, str] = {
    "포토": "photo",
    "화보": "photo",
    "현장": "colour",
    "초점": "analysis",
    "분석": "analysis",
    "이슈": "analysis",
    "사설": "editorial",
    "시선": "opinion",
    "수첩": "opinion",
    "논단": "opinion",
    "광장": "opinion",
    "칼럼니스트": "column",
    "인터뷰": "interview",
    "interview": "interview",
    "칼럼": "column",
    "column": "column",
    "시론": "opinion",
    "리뷰": "review",
    "review": "review",
}
NOT_ENDINGS = ("preview", "프리뷰")  # end so, and are something else
