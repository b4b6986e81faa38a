"""The command line: ``commandcenter [VERB]``. Exit codes: 0 done, 2 refused, 1 bug."""

import logging
import os
import sys
import traceback
from collections.abc import Sequence

from commandcenter.base import logs, texts
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import LANGUAGES, say

DONE, BUG, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code. Nothing is imported that the verb does not need."""
    from commandcenter.cli import arguments as grammar

    given = list(sys.argv[1:] if arguments is None else arguments)
    _make_output_utf8()
    _speak(given)
    try:
        options = grammar.parse(given)
        if options is None:
            return DONE
        logs.start_logging()
        return int(options.run(options) or DONE)
    except CommandCenterError as error:
        print(texts.current().error(error), file=sys.stderr)
        return REFUSED
    except grammar.BadUsage as error:
        print(error, file=sys.stderr)
        return REFUSED
    except (KeyboardInterrupt, BrokenPipeError) as error:
        return _interrupted(error)
    except Exception as error:
        # The log never holds values, so only the kind of error and the places are written.
        places = "".join(traceback.format_tb(error.__traceback__))
        logging.getLogger("commandcenter").error("bug %s\n%s", type(error).__name__, places)
        traceback.print_exc()
        print(say("cli.bug"), file=sys.stderr)
        return BUG


def _speak(given: list[str]) -> None:
    """The language is needed before the arguments are parsed, because the help speaks it."""
    from commandcenter.base.options import DeskSettings

    chosen = DeskSettings().get("desk.language") or texts.system_language()
    for number, word in enumerate(given):
        if word == "--lang" and number + 1 < len(given):
            chosen = given[number + 1]
        elif word.startswith("--lang="):
            chosen = word.partition("=")[2]
    texts.use(chosen if chosen in LANGUAGES else texts.system_language())


def _make_output_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")


def _interrupted(error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):
        # The reader has gone: keep the interpreter from complaining about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return 130
