"""The catalogues: one .po file a language, read as it is. The English sentences are the keys and need none."""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.texts.voice import Voice
from digests.model import LANGUAGES, Language

_LOCALES = {"en": "en_GB", "ko": "ko_KR"}


@dataclass(frozen=True, slots=True)
class Texts:
    """All languages the bot speaks; built once by the composition root."""

    voices: Mapping[Language, Voice]

    @classmethod
    def load(cls) -> "Texts":
        """Read every catalogue; takes some ten milliseconds."""
        return cls(
            {language: Voice(language, _locale(language), _catalogue(language)) for language in LANGUAGES}
        )

    def voice(self, language: str) -> Voice:
        """Give the voice of a language; of one we do not speak, English."""
        return next((self.voices[known] for known in LANGUAGES if known == language), self.voices["en"])


def _locale(language: Language) -> Locale:
    return Locale.parse(_LOCALES[language])


def _catalogue(language: Language) -> gettext.NullTranslations:
    source = files("bot.texts") / "locales" / language / "LC_MESSAGES" / "sosik.po"
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=_LOCALES[language]))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
