"""Editions of printed books, and the lines they were made of.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "edition",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("printed_on", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.CheckConstraint("kind IN ('handbook', 'contact_book')", name=op.f("ck_edition_kind")),
        sa.ForeignKeyConstraint(["by"], ["officer.id"], name=op.f("fk_edition_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("code", name=op.f("uq_edition_code")),
    )
    op.create_index(op.f("ix_edition_grid"), "edition", ["grid"], unique=False)
    op.create_index(op.f("ix_edition_kind"), "edition", ["kind"], unique=False)
    op.create_index(op.f("ix_edition_printed_on"), "edition", ["printed_on"], unique=False)
    op.create_index(op.f("ix_edition_village"), "edition", ["village"], unique=False)
    op.create_table(
        "edition_lines",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_lines")),
    )
