"""What argparse says of words that do not fit, in the language of the moment.

Argparse words its refusals itself and in English; each is known here by its shape and said anew. One that a later
Python words otherwise is shown as it is.
"""

import re
from collections.abc import Mapping

from commandcenter.base.texts import say

_ARGUMENT = re.compile(r"argument (?P<name>[^:]+): (?P<rest>.*)", re.DOTALL)
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "missing": re.compile(r"the following arguments are required: (?P<names>.*)"),
    "unknown": re.compile(r"unrecognized arguments: (?P<names>.*)"),
    "choice": re.compile(r"invalid choice: '?(?P<given>.*?)'? \((?:choose from |choices: )(?P<known>.*)\)"),
    "parser": re.compile(r"unknown parser '?(?P<given>.*?)'? \(choices: (?P<known>.*)\)"),
    "value": re.compile(r"invalid \S+ value: '?(?P<given>.*?)'?"),
    "one_value": re.compile(r"expected one argument"),
    "some_values": re.compile(r"expected at least one argument"),
    "few_values": re.compile(r"expected at most one argument"),
    "number_of_values": re.compile(r"expected (?P<number>\d+) arguments?"),
    "ambiguous": re.compile(r"ambiguous option: (?P<given>\S+) could match (?P<known>.*)"),
    "no_value": re.compile(r"ignored explicit argument '?(?P<given>.*?)'?"),
    "not_with": re.compile(r"not allowed with argument (?P<other>.*)"),
    "one_of": re.compile(r"one of the arguments (?P<names>.*) is required"),
}


def refusal(message: str) -> str:
    """The sentence for what argparse says."""
    about = _ARGUMENT.fullmatch(message)
    if about is not None:
        return say("cli.wrong.argument", name=about["name"], what=refusal(about["rest"]))
    for shape, pattern in _SHAPES.items():
        found = pattern.fullmatch(message)
        if found is not None:
            return say(f"cli.wrong.{shape}", **found.groupdict())
    return message
