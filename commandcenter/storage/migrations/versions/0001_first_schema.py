"""The first schema: place, people, incidents, the log and the machinery.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from commandcenter.storage import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, in the order of their references."""
    op.create_table(
        "change_log",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("command_id", sa.String(length=36), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.String(length=36), nullable=False),
        sa.Column("op", sa.String(length=6), nullable=False),
        sa.Column("before", types.JsonText(), nullable=True),
        sa.Column("after", types.JsonText(), nullable=True),
        sa.Column("world", sa.String(length=36), nullable=False),
        sa.Column("incident", sa.String(length=36), nullable=True),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("worker", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change_log")),
    )
    op.create_index(op.f("ix_change_log_command_id"), "change_log", ["command_id"], unique=False)
    op.create_index("ix_change_log_entity", "change_log", ["entity", "entity_id", "seq"], unique=False)
    op.create_index(op.f("ix_change_log_grid"), "change_log", ["grid"], unique=False)
    op.create_index(op.f("ix_change_log_incident"), "change_log", ["incident"], unique=False)
    op.create_index(op.f("ix_change_log_worker"), "change_log", ["worker"], unique=False)
    op.create_table(
        "clock",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("real", types.UtcDateTime(), nullable=False),
        sa.Column("simulated", types.UtcDateTime(), nullable=False),
        sa.Column("rate", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_clock")),
    )
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", types.JsonText(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("occurred_source", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=True),
        sa.Column("world", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("undoes", types.JsonText(), nullable=True),
        sa.Column("undoable", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outcome", types.JsonText(), nullable=True),
        sa.Column("first_seq", sa.BigInteger(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
    )
    op.create_index(op.f("ix_command_group_id"), "command", ["group_id"], unique=False)
    op.create_index(op.f("ix_command_last_seq"), "command", ["last_seq"], unique=False)
    op.create_table(
        "counter",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "day", name=op.f("pk_counter")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.String(length=36), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'duty_officer', 'trainer', 'quartermaster', 'supervisor', 'administrator')",
            name=op.f("ck_officer_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
    )
    op.create_index(op.f("ix_officer_account"), "officer", ["account"], unique=False)
    op.create_index(op.f("ix_officer_name_pinyin"), "officer", ["name_pinyin"], unique=False)
    op.create_table(
        "personal_value",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("search_key", sa.Text(), nullable=True),
        sa.Column("initials", sa.Text(), nullable=True),
        sa.Column("grams", sa.Text(), nullable=True),
        sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("world", sa.String(length=36), nullable=False),
        sa.Column("command_id", sa.String(length=36), nullable=False),
        sa.Column("erased_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_personal_value")),
        sa.UniqueConstraint("subject", "field", "version", name=op.f("uq_personal_value_subject_field_version")),
    )
    op.create_index(op.f("ix_personal_value_command_id"), "personal_value", ["command_id"], unique=False)
    op.create_index(
        "ix_personal_value_phone",
        "personal_value",
        ["search_key"],
        unique=False,
        sqlite_where=sa.text("kind = 'phone'"),
        postgresql_where=sa.text("kind = 'phone'"),
    )
    op.create_table(
        "presence",
        sa.Column("desk", sa.String(length=36), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("desk", name=op.f("pk_presence")),
    )
    op.create_table(
        "schema_version",
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_schema_version")),
    )
    op.create_table(
        "seal",
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("to_seq", name=op.f("pk_seal")),
    )
    op.create_table(
        "shape",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", types.UtcDateTime(), nullable=False),
        sa.Column("valid_to", types.UtcDateTime(), nullable=True),
        sa.Column("wkb", sa.LargeBinary(), nullable=False),
        sa.Column("west", sa.Float(precision=53), nullable=False),
        sa.Column("south", sa.Float(precision=53), nullable=False),
        sa.Column("east", sa.Float(precision=53), nullable=False),
        sa.Column("north", sa.Float(precision=53), nullable=False),
        sa.Column("area", sa.Float(precision=53), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shape")),
    )
    op.create_index(op.f("ix_shape_grid"), "shape", ["grid"], unique=False)
    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("incident", sa.String(length=36), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("at_source", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts", types.JsonText(), nullable=False),
        sa.Column("text", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("struck", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "at_source IN ('desk', 'opened', 'paper', 'offline')", name=op.f("ck_timeline_entry_at_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
    )
    op.create_index(op.f("ix_timeline_entry_incident"), "timeline_entry", ["incident"], unique=False)
    op.create_table(
        "township",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("number_prefix", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.CheckConstraint("mark IN ('real', 'sample', 'test')", name=op.f("ck_township_mark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_township")),
        sa.UniqueConstraint("code", name=op.f("uq_township_code")),
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("officer", sa.String(length=36), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", types.JsonText(), nullable=False),
        sa.CheckConstraint("scope IN ('town', 'officer')", name=op.f("ck_setting_scope")),
        sa.ForeignKeyConstraint(["officer"], ["officer.id"], name=op.f("fk_setting_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    op.create_index(op.f("ix_setting_key"), "setting", ["key"], unique=False)
    op.create_index(op.f("ix_setting_officer"), "setting", ["officer"], unique=False)
    op.create_table(
        "village",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("township", sa.String(length=36), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('village', 'community')", name=op.f("ck_village_kind")),
        sa.ForeignKeyConstraint(["township"], ["township.id"], name=op.f("fk_village_township")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("code", name=op.f("uq_village_code")),
    )
    op.create_index(op.f("ix_village_name_pinyin"), "village", ["name_pinyin"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("address", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_contact_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_kind"), "contact", ["kind"], unique=False)
    op.create_index(op.f("ix_contact_name_pinyin"), "contact", ["name_pinyin"], unique=False)
    op.create_index(op.f("ix_contact_village"), "contact", ["village"], unique=False)
    op.create_table(
        "grid",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("people_at_home", sa.BigInteger(), nullable=True),
        sa.Column("shape", sa.BigInteger(), nullable=True),
        sa.Column("shape_hash", sa.Text(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('general', 'dedicated', 'emergency')", name=op.f("ck_grid_kind")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_grid_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid")),
        sa.UniqueConstraint("code", name=op.f("uq_grid_code")),
    )
    op.create_index(op.f("ix_grid_name_pinyin"), "grid", ["name_pinyin"], unique=False)
    op.create_index(op.f("ix_grid_village"), "grid", ["village"], unique=False)
    op.create_table(
        "duty_holder",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_duty_holder_grid")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_duty_holder_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_holder")),
    )
    op.create_index(op.f("ix_duty_holder_grid"), "duty_holder", ["grid"], unique=False)
    op.create_index(op.f("ix_duty_holder_name_pinyin"), "duty_holder", ["name_pinyin"], unique=False)
    op.create_index(op.f("ix_duty_holder_role"), "duty_holder", ["role"], unique=False)
    op.create_index(op.f("ix_duty_holder_village"), "duty_holder", ["village"], unique=False)
    op.create_table(
        "gazetteer_name",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("learned", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_gazetteer_name_grid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_name")),
    )
    op.create_index(op.f("ix_gazetteer_name_grid"), "gazetteer_name", ["grid"], unique=False)
    op.create_index(op.f("ix_gazetteer_name_name_pinyin"), "gazetteer_name", ["name_pinyin"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("subkind", sa.Text(), nullable=False),
        sa.Column("urgency", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("caller_name", sa.Integer(), nullable=True),
        sa.Column("caller_phone", sa.Integer(), nullable=True),
        sa.Column("finder_kind", sa.String(length=32), nullable=True),
        sa.Column("finder", sa.Text(), nullable=True),
        sa.Column("handler", sa.String(length=36), nullable=True),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("calling_at", types.UtcDateTime(), nullable=True),
        sa.Column("responding_at", types.UtcDateTime(), nullable=True),
        sa.Column("on_scene_at", types.UtcDateTime(), nullable=True),
        sa.Column("resolved_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("reopened_at", types.UtcDateTime(), nullable=True),
        sa.Column("closing_note", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Integer(), nullable=True),
        sa.Column("merged_into", sa.String(length=36), nullable=True),
        sa.Column("call_back", sa.String(length=32), nullable=True),
        sa.Column("satisfaction", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("call_back IN ('solved', 'partly', 'not')", name=op.f("ck_incident_call_back")),
        sa.CheckConstraint(
            "category IN ('hazard', 'emergency', 'dispute', 'order', 'environment', 'facility', 'livelihood', 'care', 'publicity', 'other')",
            name=op.f("ck_incident_category"),
        ),
        sa.CheckConstraint(
            "finder_kind IN ('worker', 'duty_holder', 'contact', 'officer')", name=op.f("ck_incident_finder_kind")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'calling', 'responding', 'on_scene', 'resolved', 'closed', 'returned', 'merged', 'cancelled', 'reopened')",
            name=op.f("ck_incident_state"),
        ),
        sa.CheckConstraint("urgency IN ('critical', 'urgent', 'routine')", name=op.f("ck_incident_urgency")),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_incident_grid")),
        sa.ForeignKeyConstraint(["handler"], ["officer.id"], name=op.f("fk_incident_handler")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_incident_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_ended_at"), "incident", ["ended_at"], unique=False)
    op.create_index(op.f("ix_incident_grid"), "incident", ["grid"], unique=False)
    op.create_index(op.f("ix_incident_number"), "incident", ["number"], unique=False)
    op.create_index(op.f("ix_incident_opened_at"), "incident", ["opened_at"], unique=False)
    op.create_index(op.f("ix_incident_state"), "incident", ["state"], unique=False)
    op.create_index(op.f("ix_incident_village"), "incident", ["village"], unique=False)
    op.create_index(op.f("ix_incident_world"), "incident", ["world"], unique=False)
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("birth_month", sa.Text(), nullable=False),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("address", sa.Integer(), nullable=True),
        sa.Column("id_number", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("appointed", sa.Text(), nullable=False),
        sa.Column("note", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_worker_grid")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_worker_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_index(op.f("ix_worker_grid"), "worker", ["grid"], unique=False)
    op.create_index(op.f("ix_worker_name_pinyin"), "worker", ["name_pinyin"], unique=False)
    op.create_index(op.f("ix_worker_village"), "worker", ["village"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("incident", sa.String(length=36), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("person_kind", sa.String(length=32), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", types.UtcDateTime(), nullable=False),
        sa.Column("called_at", types.UtcDateTime(), nullable=True),
        sa.Column("answered_at", types.UtcDateTime(), nullable=True),
        sa.Column("arrived_at", types.UtcDateTime(), nullable=True),
        sa.Column("result_at", types.UtcDateTime(), nullable=True),
        sa.Column("note", sa.Integer(), nullable=True),
        sa.CheckConstraint("direction IN ('up', 'down')", name=op.f("ck_call_direction")),
        sa.CheckConstraint(
            "person_kind IN ('worker', 'duty_holder', 'contact', 'officer')", name=op.f("ck_call_person_kind")
        ),
        sa.CheckConstraint(
            "result IN ('waiting', 'called', 'reached', 'answered', 'arrived', 'refused', 'relayed', 'no_answer', 'switched_off', 'suspended', 'no_signal', 'wrong_number', 'on_scene')",
            name=op.f("ck_call_result"),
        ),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_call_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_incident"), "call", ["incident"], unique=False)
    op.create_index(op.f("ix_call_person"), "call", ["person"], unique=False)
