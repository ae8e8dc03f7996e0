"""Which command a message is: with a slash, or begun with a word of either language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.handlers.grammar.letters import keys, phrases

# The first word of each is the command itself. Words of several parts are compared without their spaces.
WORDS: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "시작", "처음"),
    "subscribe": ("subscribe", "sub", "구독", "구독 추가", "받기"),
    "unsubscribe": (
        *("unsubscribe", "unsub", "구독 취소", "구독 해지", "구독 해제", "구독 끊기", "해지"),
        "그만 받기",
    ),
    "follow": ("follow", "팔로우", "관심 추가", "키워드 추가"),
    "unfollow": ("unfollow", "언팔로우", "언팔", "팔로우 취소", "팔로우 해제", "관심 해제", "키워드 삭제"),
    "mute": ("mute", "뮤트", "숨기기", "숨김", "제외", "차단", "안 보기"),
    "unmute": (
        "unmute",
        "언뮤트",
        "뮤트 해제",
        "뮤트 취소",
        "숨기기 취소",
        "숨김 해제",
        "차단 해제",
        "제외 취소",
    ),
    "categories": (
        *("categories", "category", "topics", "카테고리", "카테고리 목록", "관심 분야", "분야", "주제"),
        *("구독 목록", "내 구독"),
    ),
    "digest": (
        *(
            "digest",
            "summary",
            "news",
            "요약",
            "다이제스트",
            "소식 모음",
            "모음",
            "소식",
            "뉴스",
            "오늘 소식",
        ),
        *("오늘의 소식", "오늘 뉴스", "소식 모음 시간", "요약 시간"),
    ),
    "timezone": ("timezone", "time zone", "tz", "시간대", "표준시"),
    "alerts": ("alerts", "alert", "알림", "속보 알림", "알림 설정"),
    "breaking": ("breaking", "breaking news", "속보", "최근 속보", "긴급"),
    "trending": (
        *("trending", "trends", "hot", "트렌딩", "트렌드", "급상승", "급상승 소식", "뜨는 소식", "뜨는 뉴스"),
        *("지금 뜨는 소식", "화제", "화제의 소식", "핫이슈"),
    ),
    "quiet": (
        *("quiet", "quiet hours", "do not disturb", "dnd", "방해금지", "방해 금지 시간", "방해 금지 모드"),
        *("조용히", "조용한 시간"),
    ),
    "latest": (
        "latest",
        "latest news",
        "최신",
        "최신 소식",
        "최신 뉴스",
        "최근 소식",
        "최근 뉴스",
        "새 소식",
    ),
    "settings": ("settings", "setting", "options", "설정", "환경 설정"),
    "language": ("language", "lang", "언어", "언어 설정", "언어 변경"),
    "help": ("help", "도움말", "도움", "사용법", "명령어"),
    "stop": ("stop", "quit", "중지", "그만", "정지", "나가기"),
    "privacy": ("privacy", "개인정보", "개인정보 처리방침"),
    "forget": ("forget", "forget me", "잊어줘", "정보 삭제", "모두 지우기", "탈퇴"),
}
# Without a slash these are commands only alone: "Stop sending me food news" must not leave, nor "News about the king" list.
_ALONE_COMMANDS = frozenset({"start", "stop", "forget"})
_ALONE = phrases(("news", "소식", "뉴스", "받기"))
_LONG = 8  # parts; a longer message is a sentence, whatever it begins with
# Korean puts the verb last: "케이팝 구독", "케이팝 속보", "서울 시간대".
_LAST = frozenset(
    {
        *("subscribe", "unsubscribe", "follow", "unfollow", "mute", "unmute"),
        *("latest", "breaking", "trending", "timezone"),
    }
)
_SHORT = 6  # parts of a message whose last word may be its command

_ENDINGS = (
    *("", "하기", "할게", "할게요", "할래", "할래요", "해", "해요", "해줘", "해줘요", "해주세요", "합니다"),
    *("하고싶어", "하고싶어요", "부탁해", "부탁해요", "좀", "보여줘", "보여주세요", "알려줘", "알려주세요"),
)
_SLASH = re.compile(r"\s*[/／]([^\s@]+)(?:@\w+)?", re.ASCII)
_PART = re.compile(r"[^\s,:]+")

_COMMANDS: Mapping[str, str] = {
    typed: command
    for command, words in WORDS.items()
    for word in words
    for typed in phrases([word], [""] if word.isascii() else _ENDINGS)
}
_PARTS = max(word.count(" ") for words in WORDS.values() for word in words) + 1


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what was said with it."""

    name: str  # one of WORDS
    rest: str = ""


def command_in(text: str) -> Command | None:
    """Find the command of a message; None if it is none. Whom `/help@name` speaks to is not looked at."""
    slash = _SLASH.match(text)
    if slash:
        name = _known(slash[1])
        return Command(name, text[slash.end() :].strip()) if name else None
    parts = list(_PART.finditer(text[:500]))
    return None if len(parts) > _LONG else _begun(text, parts) or _ended(text, parts)


def rest_of(text: str) -> str:
    """Give what was said with a command: all of a message that is none."""
    command = command_in(text)
    return text.strip() if command is None else command.rest


def _begun(text: str, parts: Sequence[re.Match[str]]) -> Command | None:
    for many in range(min(_PARTS, len(parts)), 0, -1):
        words = text[parts[0].start() : parts[many - 1].end()]
        name = _known(words)
        if name is None:
            continue
        rest = text[parts[many - 1].end() :].lstrip(" \t\r\n,:")
        if keys(rest) and (name in _ALONE_COMMANDS or keys(words) in _ALONE):
            return None
        return Command(name, rest.strip())
    return None


def _ended(text: str, parts: Sequence[re.Match[str]]) -> Command | None:
    if len(parts) > _SHORT:
        return None
    for many in range(min(_PARTS, len(parts) - 1), 0, -1):
        name = _known(text[parts[-many].start() : parts[-1].end()])
        if name in _LAST:
            return Command(name, text[: parts[-many].start()].strip(" \t\r\n,:"))
    return None


def _known(words: str) -> str | None:
    return _COMMANDS.get(keys(words))
