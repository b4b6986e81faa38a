"""``demo-traffic``: a believable evening, sent as another desk, so that a desk beside it visibly lives."""

import argparse
import random
import time

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.ids import new_id
from commandcenter.base.texts import say
from commandcenter.cli.opening import session, tell
from commandcenter.services import sample, story
from commandcenter.services.databases import info


def run(options: argparse.Namespace) -> int:
    """Runs until closed, or until ``--count`` commands were sent. Sample databases only."""
    if options.rate <= 0:
        raise BadInput("cli.rate", rate=options.rate)
    with session(options) as opened:
        if info(opened.database)["mark"] != "sample":
            raise RuleError("traffic.sample_only")
        script = story.Script.read(sample.folder() / "story.json")
        evening = story.Evening(opened.database, opened.clock, script, options.seed, new_id())
        pauses = random.Random(options.seed)
        sent = 0
        while options.count is None or sent < options.count:
            name, outcome = evening.go_on()
            sent += 1
            tell({"step": name, "command": outcome.command, **outcome.value}, as_json=options.json,
                 sentence=say("cli.traffic.line", command=name, value=outcome.value))  # fmt: skip
            time.sleep(pauses.expovariate(options.rate))
    return 0
