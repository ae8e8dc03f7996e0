"""Bring the catalogues up to date with the sentences in code and templates: python -m bot.texts.extract.

Reads every `gettext`, `ngettext`, `markup`, `nmarkup` and `_` call of bot/, and the newsroom's sentences, and rewrites
the .po files in place: new sentences come with an empty translation, unused ones go.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.texts.troubles import SENTENCES
from digests.model import LANGUAGES

HERE = Path(__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.j2", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "markup": None, "nmarkup": (1, 2)}


def template() -> Catalog:
    """Collect every sentence the bot says, with the files it stands in."""
    found = Catalog(project="Sosik", charset="utf-8")
    directory = HERE.parent
    for name, _line, message, comments, context in extract_from_dir(directory, METHODS, keywords=KEYWORDS):
        found.add(message, None, [(f"bot/{name}", 0)], auto_comments=comments, context=context)
    for sentence in SENTENCES:
        found.add(sentence, None, [("bot/texts/troubles.py", 0)])
    return found


def path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return HERE / "locales" / language / "LC_MESSAGES" / "sosik.po"


def main() -> None:
    """Update every catalogue."""
    sentences = template()
    for language in LANGUAGES:
        if language == "en":
            continue
        with path(language).open("rb") as source:
            known = read_po(source, locale=language)
        known.update(sentences, no_fuzzy_matching=True, update_creation_date=False)
        known.obsolete.clear()
        with path(language).open("wb") as target:
            write_po(target, known, width=110, sort_output=False, include_lineno=False, ignore_obsolete=True)


if __name__ == "__main__":
    main()
