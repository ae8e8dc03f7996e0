"""Commands that need not start Python anew: each is forked off a process that has loaded the whole program.

A command is a process of its own all the same, with its own folder, environment, output, signals and exit code; only
the seconds are saved in which Python starts and imports. What is about those, such as help that is quick, starts by itself.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

PACKAGES = ("bot", "digests", "aiosqlite", "alembic.config")


def load() -> None:
    """Import all of the program but what runs when it is imported, and read what every run of it reads."""
    for package in map(importlib.import_module, PACKAGES):
        for found in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
            if "__main__" not in found.name and ".migrations" not in found.name:
                importlib.import_module(found.name)
    from digests.stories.vocabulary import Vocabulary

    words: Any = functools.cache(Vocabulary.load)  # the same for all who add none of their own; half a second
    words(names=None, words=None)
    setattr(Vocabulary, "load", words)  # noqa: B010 - a classmethod is not assigned to otherwise


def serve(path: str) -> dict[str, Any] | None:
    """Take orders until the standard input ends. Gives an order in the process that is to follow it, else None."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    os.write(1, b"ready\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nurses are not waited for
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return None
        customer, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return nurse(customer)
        customer.close()


def nurse(customer: socket.socket) -> dict[str, Any]:
    """Start one command, tell its pid, wait for its end and tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order: dict[str, Any] = json.loads(customer.makefile("rb").readline())
    pid = os.fork()
    if pid == 0:
        customer.close()
        return order
    customer.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    customer.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(order: dict[str, Any]) -> None:
    """Take the place that was ordered."""
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv[:] = ["sosik", *order["arguments"]]
    for number, name in enumerate(("/dev/null", order["out"], order["err"])):
        file = os.open(name, os.O_RDWR | os.O_APPEND | (os.O_CREAT if number else 0), 0o600)
        os.dup2(file, number)
        os.close(file)


def follow(order: dict[str, Any]) -> None:
    """Run the command and end as Python does, but without tidying up its memory: that would take ten times as long.

    `beside` names a module whose `begin` is called before, with the order: what a test does to the machine of the command.
    """
    from bot.__main__ import main

    if "beside" in order:
        importlib.import_module(order["beside"]).begin(order)
    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as Python itself does
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    load()
    gc.freeze()  # else each command would copy all that it looks through for what is unused
    if (followed := serve(sys.argv[1])) is not None:
        become(followed)
        follow(followed)
