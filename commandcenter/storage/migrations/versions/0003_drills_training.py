"""Scenarios, drills, what is owed, emergency units and training.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from commandcenter.storage import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables; nothing that stands is touched."""
    op.create_table(
        "course",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", types.JsonText(), nullable=False),
        sa.Column("hours", sa.Float(precision=53), nullable=False),
        sa.Column("valid_months", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("pass_mark", sa.BigInteger(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("method IN ('written', 'practice', 'oral', 'none')", name=op.f("ck_course_method")),
        sa.CheckConstraint("origin IN ('shipped', 'own')", name=op.f("ck_course_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_index(op.f("ix_course_category"), "course", ["category"], unique=False)
    op.create_index(op.f("ix_course_key"), "course", ["key"], unique=False)
    op.create_table(
        "debt_rule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("every_months", sa.BigInteger(), nullable=False),
        sa.Column("before_month", sa.BigInteger(), nullable=False),
        sa.Column("title", types.JsonText(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "level IN ('town', 'village', 'emergency_grid', 'dedicated_grid', 'general_grid', 'worker')",
            name=op.f("ck_debt_rule_level"),
        ),
        sa.CheckConstraint("origin IN ('shipped', 'own')", name=op.f("ck_debt_rule_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_rule")),
    )
    op.create_index(op.f("ix_debt_rule_key"), "debt_rule", ["key"], unique=False)
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("title", types.JsonText(), nullable=False),
        sa.Column("purpose", types.JsonText(), nullable=False),
        sa.Column("objectives", types.JsonText(), nullable=False),
        sa.Column("places", types.JsonText(), nullable=False),
        sa.Column("safety", types.JsonText(), nullable=False),
        sa.Column("kit", types.JsonText(), nullable=False),
        sa.Column("five", types.JsonText(), nullable=False),
        sa.Column("roles", types.JsonText(), nullable=False),
        sa.Column("season_from", sa.BigInteger(), nullable=False),
        sa.Column("season_to", sa.BigInteger(), nullable=False),
        sa.Column("grid_kinds", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("pass_mark", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("origin IN ('shipped', 'own')", name=op.f("ck_scenario_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index(op.f("ix_scenario_key"), "scenario", ["key"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("officer", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["officer"], ["officer.id"], name=op.f("fk_absence_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_officer"), "absence", ["officer"], unique=False)
    op.create_table(
        "day_mark",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('market', 'school', 'harvest', 'holiday', 'closed')", name=op.f("ck_day_mark_kind")
        ),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_day_mark_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_mark")),
    )
    op.create_index(op.f("ix_day_mark_village"), "day_mark", ["village"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("course", sa.String(length=36), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hours", sa.Float(precision=53), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("teacher", sa.Text(), nullable=False),
        sa.Column("trainer", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_session_state")),
        sa.ForeignKeyConstraint(["course"], ["course.id"], name=op.f("fk_session_course")),
        sa.ForeignKeyConstraint(["trainer"], ["officer.id"], name=op.f("fk_session_trainer")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_session_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_course"), "session", ["course"], unique=False)
    op.create_index(op.f("ix_session_starts_at"), "session", ["starts_at"], unique=False)
    op.create_index(op.f("ix_session_village"), "session", ["village"], unique=False)
    op.create_table(
        "drill",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("scenario", sa.String(length=36), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("commander", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("trainer", sa.String(length=36), nullable=True),
        sa.Column("pass_mark", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("retest_of", sa.String(length=36), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("took_part", sa.BigInteger(), nullable=True),
        sa.Column("evacuated", sa.BigInteger(), nullable=True),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("held_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("form IN ('tabletop', 'field', 'no_notice')", name=op.f("ck_drill_form")),
        sa.CheckConstraint(
            "origin IN ('planned', 'copied', 'drawn', 'solved', 'recorded', 'retest')", name=op.f("ck_drill_origin")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'held', 'reviewed', 'cancelled')", name=op.f("ck_drill_state")
        ),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_drill_grid")),
        sa.ForeignKeyConstraint(["scenario"], ["scenario.id"], name=op.f("fk_drill_scenario")),
        sa.ForeignKeyConstraint(["trainer"], ["officer.id"], name=op.f("fk_drill_trainer")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_drill_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    op.create_index(op.f("ix_drill_grid"), "drill", ["grid"], unique=False)
    op.create_index(op.f("ix_drill_held_at"), "drill", ["held_at"], unique=False)
    op.create_index(op.f("ix_drill_scenario"), "drill", ["scenario"], unique=False)
    op.create_index(op.f("ix_drill_starts_at"), "drill", ["starts_at"], unique=False)
    op.create_index(op.f("ix_drill_trainer"), "drill", ["trainer"], unique=False)
    op.create_index(op.f("ix_drill_village"), "drill", ["village"], unique=False)
    op.create_index(op.f("ix_drill_world"), "drill", ["world"], unique=False)
    op.create_table(
        "unit_post",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("person_kind", sa.String(length=32), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "person_kind IN ('worker', 'duty_holder', 'contact', 'officer')", name=op.f("ck_unit_post_person_kind")
        ),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_unit_post_grid")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_unit_post_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_post")),
    )
    op.create_index(op.f("ix_unit_post_grid"), "unit_post", ["grid"], unique=False)
    op.create_index(op.f("ix_unit_post_person"), "unit_post", ["person"], unique=False)
    op.create_index(op.f("ix_unit_post_role"), "unit_post", ["role"], unique=False)
    op.create_index(op.f("ix_unit_post_village"), "unit_post", ["village"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("session", sa.String(length=36), nullable=False),
        sa.Column("worker", sa.String(length=36), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("mark", sa.Float(precision=53), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["session.id"], name=op.f("fk_attendance_session")),
        sa.ForeignKeyConstraint(["worker"], ["worker.id"], name=op.f("fk_attendance_worker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_session"), "attendance", ["session"], unique=False)
    op.create_index(op.f("ix_attendance_worker"), "attendance", ["worker"], unique=False)
    op.create_table(
        "drill_grid",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("drill", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("took_part", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_drill_grid_drill")),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_drill_grid_grid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_grid")),
    )
    op.create_index(op.f("ix_drill_grid_drill"), "drill_grid", ["drill"], unique=False)
    op.create_index(op.f("ix_drill_grid_grid"), "drill_grid", ["grid"], unique=False)
    op.create_index(op.f("ix_drill_grid_world"), "drill_grid", ["world"], unique=False)
    op.create_table(
        "drill_notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("drill", sa.String(length=36), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("told_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('residents', 'police', 'county', 'school', 'other')", name=op.f("ck_drill_notice_audience")
        ),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_drill_notice_drill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_notice")),
    )
    op.create_index(op.f("ix_drill_notice_drill"), "drill_notice", ["drill"], unique=False)
    op.create_index(op.f("ix_drill_notice_world"), "drill_notice", ["world"], unique=False)
    op.create_table(
        "drill_person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("drill", sa.String(length=36), nullable=False),
        sa.Column("person_kind", sa.String(length=32), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("part IN ('player', 'controller', 'evaluator')", name=op.f("ck_drill_person_part")),
        sa.CheckConstraint(
            "person_kind IN ('worker', 'duty_holder', 'contact', 'officer')", name=op.f("ck_drill_person_person_kind")
        ),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_drill_person_drill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_person")),
    )
    op.create_index(op.f("ix_drill_person_drill"), "drill_person", ["drill"], unique=False)
    op.create_index(op.f("ix_drill_person_person"), "drill_person", ["person"], unique=False)
    op.create_index(op.f("ix_drill_person_world"), "drill_person", ["world"], unique=False)
    op.create_table(
        "expectation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("scenario", sa.String(length=36), nullable=True),
        sa.Column("drill", sa.String(length=36), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("item", types.JsonText(), nullable=False),
        sa.Column("text", types.JsonText(), nullable=False),
        sa.Column("criterion", types.JsonText(), nullable=False),
        sa.Column("judged", sa.String(length=32), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("within_s", sa.BigInteger(), nullable=True),
        sa.Column("unit_of", types.JsonText(), nullable=False),
        sa.Column("need", sa.BigInteger(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("mark", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evaluator", sa.Text(), nullable=False),
        sa.CheckConstraint("judged IN ('time', 'count', 'seen')", name=op.f("ck_expectation_judged")),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_expectation_drill")),
        sa.ForeignKeyConstraint(["scenario"], ["scenario.id"], name=op.f("fk_expectation_scenario")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expectation")),
    )
    op.create_index(op.f("ix_expectation_drill"), "expectation", ["drill"], unique=False)
    op.create_index(op.f("ix_expectation_scenario"), "expectation", ["scenario"], unique=False)
    op.create_index(op.f("ix_expectation_world"), "expectation", ["world"], unique=False)
    op.create_table(
        "improvement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("drill", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("retest", sa.String(length=36), nullable=True),
        sa.Column("done_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_improvement_drill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement")),
    )
    op.create_index(op.f("ix_improvement_drill"), "improvement", ["drill"], unique=False)
    op.create_index(op.f("ix_improvement_due"), "improvement", ["due"], unique=False)
    op.create_index(op.f("ix_improvement_world"), "improvement", ["world"], unique=False)
    op.create_table(
        "inject",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("scenario", sa.String(length=36), nullable=True),
        sa.Column("drill", sa.String(length=36), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("offset_s", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("player", sa.Text(), nullable=False),
        sa.Column("text", types.JsonText(), nullable=False),
        sa.Column("place", types.JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_inject_drill")),
        sa.ForeignKeyConstraint(["scenario"], ["scenario.id"], name=op.f("fk_inject_scenario")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inject")),
    )
    op.create_index(op.f("ix_inject_drill"), "inject", ["drill"], unique=False)
    op.create_index(op.f("ix_inject_scenario"), "inject", ["scenario"], unique=False)
    op.create_index(op.f("ix_inject_world"), "inject", ["world"], unique=False)
    op.create_table(
        "drill_moment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("drill", sa.String(length=36), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.CheckConstraint("source IN ('desk', 'paper', 'record')", name=op.f("ck_drill_moment_source")),
        sa.ForeignKeyConstraint(["drill"], ["drill.id"], name=op.f("fk_drill_moment_drill")),
        sa.ForeignKeyConstraint(["person"], ["drill_person.id"], name=op.f("fk_drill_moment_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_moment")),
    )
    op.create_index(op.f("ix_drill_moment_drill"), "drill_moment", ["drill"], unique=False)
    op.create_index(op.f("ix_drill_moment_person"), "drill_moment", ["person"], unique=False)
    op.create_index(op.f("ix_drill_moment_world"), "drill_moment", ["world"], unique=False)
    op.drop_index(op.f("ix_personal_value_phone"), table_name="personal_value", sqlite_where=sa.text("kind = 'phone'"))
