"""What is wrong with a feed, and why it is polled when it is, in the reader's language.

The newsroom says it in English (`FeedError.what`, `NextPoll.reason`): so it stands in the log, on the command line and
in the database. Here is each of these sentences once more, its values named, as a key of the catalogue; what is none of
them is said as it stands. A value may itself be one of them: "its host refused us: …".
"""

import re

from bot.texts.voice import Voice

SENTENCES = (
    # answers
    "The server says that nothing changed, though nothing was there before (304).",
    "The server says that nothing has changed, though it was not asked.",
    "The server does not understand the address (400).",
    "The feed asks for a password (401).",
    "The feed has to be paid for (402).",
    "The server refuses us (403).",
    "There is no feed at this address (404).",
    "The server has nothing for a feed reader (406).",
    "The publisher has closed this feed for good (410).",
    "The server says that we ask too often (429).",
    "The feed is withheld for legal reasons (451).",
    "The server is overloaded or being worked on (503).",
    "The server has trouble of its own (%(status)s).",
    "The server does not give the feed (%(status)s).",
    "The server redirects without saying where to (%(status)s).",
    "The server redirects in a circle.",
    "The server redirects more than %(n)s times.",
    "The server redirects to what is no web address.",
    "The site's robots.txt asks programs to stay away from this address.",
    # connections
    "This is not a web address.",
    "The server did not begin to answer within %(n)s seconds.",
    "The server did not answer in full within %(n)s seconds.",
    "The server closed the connection without an answer.",
    "The connection broke off in the middle of the document.",
    "The connection to the server broke off.",
    "The server's answer is not proper HTTP.",
    "No server of the name %(server)s is known.",
    "%(server)s is not on the public internet, and is not asked.",
    "%(server)s only speaks an outdated kind of TLS (legacy renegotiation).",
    "No secure connection to %(server)s could be made (TLS).",
    "%(server)s refuses connections.",
    "%(server)s cannot be reached.",
    "The server's certificate is not valid.",
    "The server's certificate is not valid (%(why)s).",
    # documents
    "The document is compressed in a way that cannot be undone.",
    "The document is larger than %(n)s MB.",
    "The document is damaged or unusual, and too large to be mended (over %(n)s MB).",
    "The document is built to keep a parser busy (%(why)s).",
    "The document kept feedparser busy for more than %(n)s seconds, and was given up.",
    "The document is too damaged to be read as a feed.",
    "The document is damaged JSON.",
    "The document is JSON, but no JSON Feed.",
    "The document is no feed.",
    "The document is plain text, not a feed.",
    "The server sent an empty document.",
    "The server answers with a challenge page for browsers, not with the feed.",
    "There is a web page at this address, not a feed.",
    "There is a web page at this address, not a feed (%(title)s).",
    "a tag with hundreds of attributes",
    "tens of thousands of comments",
    "tens of thousands of entries",
    "a hundred thousand tags",
    "hundreds of thousands of references",
    "hundreds of thousands of values",
    "thousands of markers that do not end",
    # what an administrator typed
    "%(key)s = %(value)s: an address that begins with http:// or https:// is wanted.",
    # reasons for the next poll
    "on schedule",
    "it was resumed",
    "failed once",
    "failed %(n)s times in a row",
    "the server asked for %(n)s s",
    "its hub tells us of news",
    "its host refused us, and rests",
    "its host refused us: %(why)s",
    "the server calls it fresh for %(length)s",
    "its publisher says to keep it for %(length)s",
    "its pace is not known yet",
    "learned: about an entry a day",
    "learned: about %(n)s entries a day",
    "learned: about an entry in %(n)s days",
    "its publisher rests at %(n)s h UTC (skipHours)",
    "its publisher rests on %(day)s (skipDays)",
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    # lengths
    "%(n)s s",
    "%(n)s min",
    "%(n)s h",
    "%(n)s days",
)  # fmt: skip


def said(words: str, voice: Voice) -> str:
    """Say an English sentence of the newsroom in the reader's language; one that is not known here, as it stands."""
    if voice.language == "en":
        return words
    for msgid, pattern in _PATTERNS:
        if found := pattern.fullmatch(words):
            values = {name: said(value, voice) for name, value in found.groupdict().items()}
            return voice.gettext(msgid, **values)
    return words


def _pattern(msgid: str) -> re.Pattern[str]:
    """Make what finds the values of a sentence again; `n` and `status` are numbers."""
    texts = re.split(r"%\((\w+)\)s", msgid)
    for place in range(1, len(texts), 2):
        shape = r"[\d.]+" if texts[place] in {"n", "status"} else r".+"
        texts[place] = f"(?P<{texts[place]}>{shape})"
    texts[::2] = map(re.escape, texts[::2])
    return re.compile("".join(texts), re.DOTALL)


_PATTERNS = tuple((msgid, _pattern(msgid)) for msgid in SENTENCES)
