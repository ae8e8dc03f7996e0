"""What somebody may type after a command to see what breaks: markup, templates, SQL, length, other scripts."""

HOSTILE = [
    "<b>bold</b> & <script>alert(1)</script>",
    "&lt;kpo&gt;",
    "케이" * 2000,
    "x" * 4000,
    "🤷🏽‍♀️" * 300,
    "مرحبا بالعالم",
    "\u202etxet desrever",
    "'; DROP TABLE chats; --",
    "{{ 7 * 7 }} %(words)s %s {0}",
    "a\x00b\ud7ff",
]
