"""The attention list.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "attention_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("household", sa.String(length=36), nullable=True),
        sa.Column("resident", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=True),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("address", sa.Integer(), nullable=True),
        sa.Column("care", sa.Text(), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(length=36), nullable=True),
        sa.Column("entered_on", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Text(), nullable=False),
        sa.Column("reviewed_on", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("closed_reason", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'place', 'matter')", name=op.f("ck_attention_item_kind")),
        sa.ForeignKeyConstraint(["entered_by"], ["officer.id"], name=op.f("fk_attention_item_entered_by")),
        sa.ForeignKeyConstraint(["grid"], ["grid.id"], name=op.f("fk_attention_item_grid")),
        sa.ForeignKeyConstraint(["household"], ["household.id"], name=op.f("fk_attention_item_household")),
        sa.ForeignKeyConstraint(["resident"], ["resident.id"], name=op.f("fk_attention_item_resident")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_attention_item_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention_item")),
    )
    op.create_index(op.f("ix_attention_item_grid"), "attention_item", ["grid"], unique=False)
    op.create_index(op.f("ix_attention_item_household"), "attention_item", ["household"], unique=False)
    op.create_index(op.f("ix_attention_item_resident"), "attention_item", ["resident"], unique=False)
    op.create_index(op.f("ix_attention_item_review_on"), "attention_item", ["review_on"], unique=False)
    op.create_index(op.f("ix_attention_item_village"), "attention_item", ["village"], unique=False)
