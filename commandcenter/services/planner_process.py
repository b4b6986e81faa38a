"""The planner's own process: ``python -m commandcenter.services.planner_process`` reads a problem and a limit in
seconds from standard input, and writes how far it is and at last the proposal to standard output."""

import pickle
import sys
from typing import Any


def main() -> int:
    """Solve the one problem. What fails here, the parent answers with the first plan."""
    problem, seconds = pickle.load(sys.stdin.buffer)
    from commandcenter.services.planner_model import solve

    def say(content: Any) -> None:
        pickle.dump(content, sys.stdout.buffer)
        sys.stdout.buffer.flush()

    say(solve(problem, seconds, lambda *step: say(step)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
