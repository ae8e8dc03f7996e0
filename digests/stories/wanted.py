"""Which of the things that readers follow or mute a text is about: names, sources, and plain words.

Words stand whole, whatever their case and width: Latin at its borders, a plural among them (spoiler, spoilers), Hangul with a
particle or nothing after (컴백, 컴백을). Never a pattern of the reader's. A text costs the same however many words are wanted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from digests.model import Entry, Subject, What
from digests.stories.spelling import Spellings, is_hangul, is_unspaced, squashed, words_of

SHORTEST_PLURAL = 4  # letters of a Latin word whose plural is the same word


def words_subject(typed: str) -> Subject | None:
    """Give plain words as they are compared; None for what has no letters."""
    folded = words_of(typed).folded
    return Subject(What.WORDS, " ".join(folded)) if folded else None


def source_subject(source: str) -> Subject | None:
    """Give a feed or publisher as it is compared; None for what has no letters."""
    key = squashed(source)
    return Subject(What.SOURCE, key) if key else None


def name_subject(id_: str) -> Subject:
    """Give a name of the field."""
    return Subject(What.NAME, id_)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Subjects, to be found in texts. Built once for many texts."""

    words: Spellings[Subject] = field(default_factory=lambda: Spellings({}, 0))
    others: frozenset[Subject] = frozenset()

    @classmethod
    def of(cls, subjects: Iterable[Subject]) -> "Wanted":
        """Take what readers want to find."""
        wanted = frozenset(subjects)
        spelled = (
            (form, subject)
            for subject in wanted
            if subject.what is What.WORDS
            for form in _forms(subject.value)
        )
        return cls(Spellings.of(spelled), frozenset(one for one in wanted if one.what is not What.WORDS))

    def found(
        self,
        title: str,
        summary: str = "",
        *,
        names: Collection[str] = (),
        sources: Collection[str] = (),
    ) -> frozenset[Subject]:
        """Give what a text is about: `names` are the ids found in it, `sources` what its feed and publisher are called."""
        said = {name_subject(id_) for id_ in names}
        said |= {subject for source in sources if (subject := source_subject(source))}
        found = {one for one in said if one in self.others}
        if self.words.by_first:
            for text in (title, summary):
                found |= {hit.value for hit in self.words.hits(words_of(text))}
        return frozenset(found)

    def found_in(self, entry: Entry, feed: str = "", *, names: Collection[str] = ()) -> frozenset[Subject]:
        """Give what an entry is about; its publisher's own tags count as its words."""
        summary = " \n".join((entry.summary, *entry.tags))
        return self.found(entry.title, summary, names=names, sources=(entry.source, feed))


def _forms(value: str) -> Iterable[str]:
    yield value
    last = value.rpartition(" ")[2]
    if len(last) >= SHORTEST_PLURAL and last.isalpha() and not is_hangul(last) and not is_unspaced(last):
        yield value + "s"
