"""Town and officer settings by command; limits read from them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.rules.incidents import Limits
from commandcenter.rules.permissions import EVERYBODY, SUPERVISORS
from commandcenter.rules.settings import OPTIONS, Setting
from commandcenter.services.commands import Context, command, handles


@command("set_setting", roles=EVERYBODY, writes=("setting",))
@dataclass(frozen=True, kw_only=True, slots=True)
class SetSetting:
    """Change an option of the town (supervisors) or one's own. ``value`` is ``{"value": …}``, ``{}`` as shipped."""

    key: str
    value: dict[str, Any]


@handles(SetSetting)
def set_setting(cmd: SetSetting, ctx: Context) -> Any:
    """Checks the option's scope and type."""
    option = OPTIONS.get(cmd.key)
    if option is None or option.scope == "desk":
        raise BadInput("setting.unknown", key=cmd.key)
    if option.scope == "town" and ctx.actor.role not in SUPERVISORS:
        raise NotAllowed("actor.role", command="set_setting", role=ctx.actor.role)
    value = cmd.value.get("value", option.default)
    fits = type(value) is option.type and not _is_no_duration(value)
    if not fits:
        raise BadInput("setting.value", key=cmd.key, wanted=option.type.__name__)
    officer = ctx.actor.id if option.scope == "officer" else None
    existing = ctx.uow.find("setting", key=cmd.key, officer=officer)
    if existing:
        ctx.uow.put(replace(existing[0], value={"value": value}))
    else:
        ctx.uow.add(
            Setting(
                id=ctx.new_id(),
                scope="officer" if officer else "town",
                officer=officer,
                key=cmd.key,
                value={"value": value},
            )
        )
    return {"key": cmd.key, "value": value}


def _is_no_duration(value: Any) -> bool:
    """Numbers among the options are durations: whole and above zero."""
    return isinstance(value, int) and not isinstance(value, bool) and value <= 0


def limits_from(values: dict[str, Any]) -> Limits:
    """The limits that the town has set; ``values`` by option key, shipped values for the rest."""

    def minutes(name: str) -> timedelta:
        return timedelta(minutes=values.get(f"limit.{name}", OPTIONS[f"limit.{name}"].default))

    names = ("critical", "urgent", "routine", "accept", "control", "reinforce", "no_answer", "to_leader", "recall")
    return Limits(**{name: minutes(name) for name in names})
