import pytest

from digests.feeds.document import Document
from digests.feeds.parse import parse
from tests.feeds import korean

KINDS = {kind.name: kind for kind in korean.kinds()}


@pytest.mark.parametrize("name", KINDS)
def test_a_korean_document_is_read_whatever_it_says_it_is(name: str) -> None:
    kind = KINDS[name]
    parsed = parse(Document(kind.body, "https://daily.example/feed", charset=kind.charset))
    assert parsed.title == "소식일보"
    assert [entry.title for entry in parsed.entries] == list(korean.TITLES)
    assert [entry.link for entry in parsed.entries] == [
        f"https://daily.example/news?no={n}&from=rss" for n in range(4)
    ]
    assert parsed.entries[2].summary.startswith("이 글은 전송 중에 다쳤다")
    assert parsed.entries[3].summary == "기사 본문입니다. " + korean.TITLES[3]
    assert all(entry.language == "ko" for entry in parsed.entries if entry.title != korean.TITLES[2])
