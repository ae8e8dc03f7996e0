"""What is left out of news that asks for restraint.

Sources: the Korean press's guideline on reporting suicide (자살예방 보도준칙 4.0) and the recommendations before it, the World
Health Organization's resource for media professionals (2023): no method, tool, place, motive or note, no word for suicide
and no euphemism in a headline, no portrait; and a number to call. See docs/decisions/0013.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from digests.model import AlertContent, Card, Version

SUICIDE = "suicide"
_UNPICTURED = ("suicide", "sexual", "minor")  # whoever is in the picture did not ask to be

# A word too many only makes a line plainer; a word too few tells somebody how. English words stand whole, in their usual
# endings; Korean ones stand within others.
_ENGLISH: Mapping[str, str] = {
    "word": (
        r"suicid(?:e|al)|kill(?:s|ed|ing)? (?:him|her|them)sel(?:f|ves)|self-(?:harm|inflicted)|"
        r"(?:takes?|took|taking|ends?|ended|ending) (?:his|her|their) (?:own )?li(?:fe|ves)"
    ),
    "method": (
        r"hang|hanged|hanging|hung|noose|rope|jump|leap|leapt|plunge|plunged|fall|fell|overdose|overdosed|pill|drug|poison|"
        r"poisoned|poisoning|pesticide|charcoal|briquette|carbon monoxide|gas|choke|choked|suffocat(?:ion|ed)|asphyxia|"
        r"strangled|slit|slash|stab|stabbed|wrist|knife|blade|gun|gunshot|shot|shoot|drown|burn|burned|self-immolation|train"
    ),
    "place": (
        r"home|house|apartment|flat|room|bathroom|bedroom|basement|hotel|motel|inn|dorm|dormitory|studio|office|car|vehicle|"
        r"parking|bridge|river|sea|rooftop|roof|floor|storey|building|balcony|window|mountain|hill|park|wood|forest|"
        r"station|platform|school|hospital|prison|cell|residence"
    ),
    "motive": (
        r"because|due to|why|reason|motive|depressed|depression|debt|bully|bullied|bullying|harassment|malicious|hate|"
        r"comment|break-?up|divorce|scandal|accused|accusation|allegation|investigation|pressure|despair|after|over|"
        r"following|amid|note|letter|last (?:words|message|post)|struggle|struggled"
    ),
}
_KOREAN: Mapping[str, str] = {
    "word": r"자살|자해|극단(?:적)?\s?선택|목숨을?\s?끊|생을\s?마감|스스로\s?(?:목숨|생)",
    "method": (
        r"투신|추락|뛰어\s?내|떨어져|목을?\s?[매맨맴]|번개탄|착화탄|연탄|일산화탄소|가스|질식|음독|농약|약물|수면제|진통제|"
        r"과다\s?복용|흉기|손목|총기|익사|분신|끈|봉지|열차|전철|선로"
    ),
    "place": (
        r"자택|집에서|집 안|주거지|거주지|아파트|오피스텔|원룸|빌라|옥상|베란다|난간|창문|건물|빌딩|\d+층|호텔|모텔|여관|숙소|"
        r"숙박|펜션|작업실|사무실|연습실|화장실|욕실|방에서|방 안|차량|차 안|승용차|주차장|대교|다리에서|다리 위|한강|강변|바다|"
        r"해변|야산|공원|학교|병원|구치소|교도소|승강장"
    ),
    "motive": (
        r"때문|이유|원인|동기|까닭|왜|우울|생활고|비관|채무|빚에|빚 |악플|악성\s?댓글|괴롭힘|학폭|왕따|따돌림|이별|결별|이혼|갈등|"
        r"불화|논란|의혹|혐의|수사|조사|압박|스트레스|유서|유언|마지막\s?(?:글|말|문자|메시지|게시)|이후|끝에"
    ),
}
_TELLING = {
    kind: re.compile(rf"\b(?:{_ENGLISH[kind]})(?:s|es|ing)?\b|{_KOREAN[kind]}", re.IGNORECASE)
    for kind in _ENGLISH
}


def telling(title: str) -> str:
    """Say what a title tells that it should not: "word", "method", "place", "motive", or "" for nothing."""
    return next((kind for kind, words in _TELLING.items() if words.search(title)), "")


def restrained(content: AlertContent, *, plainly: str) -> AlertContent:
    """Leave out what the news forbids to show; `plainly` stands in for a title that tells too much.

    Its kinds are those of what rang and those of the story. Of a suicide there is the title, or `plainly`, its link,
    source and time. Of what was done to the defenceless there is no picture.
    """
    kinds = tuple(sorted({*content.sensitive.split(","), *content.card.sensitive} - {""}))
    card = restrained_card(replace(content.card, sensitive=kinds), plainly=plainly)
    return replace(content, card=card, sensitive=",".join(kinds))


def restrained_card(card: Card, *, plainly: str) -> Card:
    """Do the same with one story, of the kinds that its card says."""
    if not any(kind in card.sensitive for kind in _UNPICTURED):
        return card
    suicide = SUICIDE in card.sensitive
    versions = {
        language: _version(version, plainly if suicide and telling(version.title) else "", whole=not suicide)
        for language, version in card.versions.items()
    }
    return replace(card, versions=versions)


def _version(version: Version, plainly: str, *, whole: bool) -> Version:
    return replace(
        version,
        title=plainly or version.title,
        excerpt=version.excerpt if whole else "",
        author=version.author if whole else "",
        image="",
    )
