"""The elements that feeds are made of: which namespace means what, and what each element of an entry tells.

Sources: RSS 2.0, RSS 1.0 and its modules, RFC 4287 (Atom), Atom 0.3, Dublin Core, Media RSS, RFC 4685 (threads).
"""

XML = "http://www.w3.org/XML/1998/namespace"

# What is in one of the feeds' own namespaces needs no prefix. Compared in lower case: publishers misspell the case.
_OWN = (
    "http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0/modules/rss091#",
    "http://blogs.law.harvard.edu/tech/rss",
)  # fmt: skip
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/rss/1.0/modules/threading/": "thr1",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    XML.lower(): "xml",
}
_NAMESPACES = {**dict.fromkeys(_OWN, ""), **_PREFIXES}


def short_name(name: str) -> str:
    """Give an element's name with its usual prefix. `name`: expat's "namespace local prefix", or only the local one.

    A namespace that nobody knows keeps the prefix that the document gives it; a default one that nobody knows is
    taken for the feed's own, as it mostly is misspelled.
    """
    namespace, _, rest = name.rpartition(" ") if name.count(" ") < 2 else name.partition(" ")
    local, _, given = rest.partition(" ")
    lower = namespace.lower()
    prefix = "" if "backend.userland.com/rss" in lower else _NAMESPACES.get(lower, given)
    return f"{prefix}:{local}".lower() if prefix else local.lower()


ENTRIES = frozenset({"item", "entry"})

# Elements of an entry whose text is one value, by where it is kept. Of several the last counts.
VALUES = {
    "guid": "id", "id": "id",
    "pubdate": "published", "published": "published", "issued": "published", "dcterms:issued": "published",
    "updated": "updated", "modified": "updated", "dc:date": "updated", "dcterms:modified": "updated",
    "lastbuilddate": "updated",
    "created": "created", "dcterms:created": "created",
    "slash:comments": "comments", "thr:total": "comments",
    "dc:language": "language", "language": "language", "dc:publisher": "publisher",
}  # fmt: skip

# Texts for people, by where they are kept, with whether they are markup unless they say otherwise.
TEXTS = {
    "title": ("title", False), "dc:title": ("title", False), "media:title": ("other title", False),
    "description": ("summary", True), "summary": ("summary", False),
    "dc:description": ("other summary", True), "media:description": ("other summary", True),
    "itunes:summary": ("other summary", False), "abstract": ("other summary", False),
    "content": ("content", False), "content:encoded": ("content", True), "fullitem": ("content", True),
}  # fmt: skip

PICTURES = {
    "media:content": "content",
    "media:thumbnail": "thumbnail",
    "enclosure": "enclosure",
    "itunes:image": "image",
}
LISTS_OF_TAGS = frozenset({"media:keywords", "itunes:keywords"})  # with commas between them
# Elements of which one child counts: the name of an author, the title of a source.
NAMED = {
    "author": "name",
    "dc:creator": "name",
    "dc:author": "name",
    "itunes:author": "name",
    "source": "title",
}

# What to do with an element of an entry; with any other, nothing.
DUTIES = {
    **dict.fromkeys(VALUES, "value"), **dict.fromkeys(TEXTS, "text"), **dict.fromkeys(PICTURES, "picture"),
    **dict.fromkeys(NAMED, "named"), "link": "link",
    **dict.fromkeys(("category", "dc:subject", "keywords", "media:category", "itunes:category"), "tag"),
    **dict.fromkeys(LISTS_OF_TAGS, "tag"),
    "media:group": "transparent",
}  # fmt: skip

# Known elements whose inside is nothing of ours.
CLOSED = frozenset({"contributor", "dc:contributor", "itunes:owner", "media:community", "media:credit", "media:player",
                    "georss:where", "textinput", "image"})  # fmt: skip
TELLING = frozenset({*VALUES, *TEXTS, "link"})

# Elements of the feed itself that are one value.
OF_THE_FEED = {
    "language": "language", "dc:language": "language", "ttl": "ttl",
    "sy:updateperiod": "update_period", "sy:updatefrequency": "update_frequency",
}  # fmt: skip
REST = {"hour": "skip_hours", "day": "skip_days"}  # of which there are several
