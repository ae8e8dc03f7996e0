import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.texts.extract import path, template

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?\w+>")
PARTICLES = {"을/를", "은/는", "이/가", "과/와", "으로/로", "이라/라", "이에요/예요", "이에요/여요"}


@pytest.fixture(scope="module")
def korean() -> Catalog:
    with path("ko").open("rb") as source:
        return read_po(source, locale="ko")


@pytest.fixture(scope="module")
def sentences() -> list[Message]:
    return [message for message in template() if message.id]


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def said(message: Message) -> str:
    string = message.string
    return string if isinstance(string, str) else string[0]


def test_sentences_are_found_in_code_and_in_templates(sentences: list[Message]) -> None:
    keys = {key(message) for message in sentences}
    assert {"Done", "Good morning!", "You now follow %(categories)s."} <= keys


def test_every_sentence_is_said_in_korean(sentences: list[Message], korean: Catalog) -> None:
    known = {key(message): said(message) for message in korean if message.id}
    assert [message.id for message in sentences if not known.get(key(message))] == []


def test_no_translation_is_left_of_a_sentence_that_nobody_says(
    sentences: list[Message], korean: Catalog
) -> None:
    keys = {key(message) for message in sentences}
    assert [key(message) for message in korean if message.id and key(message) not in keys] == []


def test_translations_have_the_values_and_the_markup_of_the_sentence(korean: Catalog) -> None:
    for message in korean:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[1]
        wanted, given = (sorted(PLACEHOLDER.findall(text)) for text in (source, said(message)))
        assert given == wanted, source
        assert sorted(TAG.findall(said(message))) == sorted(TAG.findall(source)), source


def test_particles_stand_where_they_are_resolved_and_none_is_written_both_ways(korean: Catalog) -> None:
    for message in korean:
        text = said(message) if message.id else ""
        pairs = re.findall(r"\{([^}]*)\}", text)
        assert set(pairs) <= PARTICLES, text
        resolved = re.findall(r"%\(\w+\)[sd](?:</?\w+>|[\"'”’»」』)\]])*\{", text)
        assert len(resolved) == len(pairs), f"a particle must follow its value at once: {text}"
        assert not re.search(r"\((를|는|가|와|로|으로)\)|을\(를\)|은\(는\)|이\(가\)", text), text


def test_korean_is_spoken_in_one_manner(korean: Catalog) -> None:
    """Sentences end in 요 (해요체); none in 니다, 한다, 음."""
    for message in korean:
        text = re.sub(r"<[^>]+>", "", said(message)) if message.id else ""
        for sentence in re.findall(r"([^.!?]+)[.!?](?=\s|$)", text):
            assert sentence.strip().endswith("요"), sentence
