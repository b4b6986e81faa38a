"""Articles, depots and their ledger; kits with their pieces; stock rounds; the sizes of workers.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

from commandcenter.storage import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, and a column of workers that is empty at first."""
    op.create_table(
        "article",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("life_months", sa.BigInteger(), nullable=True),
        sa.Column("kit_place", sa.BigInteger(), nullable=True),
        sa.Column("sizes", sa.Text(), nullable=False),
        sa.Column("printed", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.CheckConstraint("printed IN ('', 'handbook', 'contact_book')", name=op.f("ck_article_printed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("code", name=op.f("uq_article_code")),
    )
    op.create_index(op.f("ix_article_category"), "article", ["category"], unique=False)
    op.create_index(op.f("ix_article_name_pinyin"), "article", ["name_pinyin"], unique=False)
    op.create_table(
        "stock_move",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("depot", sa.String(length=36), nullable=False),
        sa.Column("article", sa.String(length=36), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Boolean(), nullable=False),
        sa.Column("incident", sa.String(length=36), nullable=True),
        sa.Column("drill", sa.String(length=36), nullable=True),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("kit_issue", sa.String(length=36), nullable=True),
        sa.Column("other", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("of", sa.String(length=36), nullable=True),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("reason", sa.Integer(), nullable=True),
        sa.Column("override", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("struck", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('received', 'issued', 'returned', 'damaged', 'lost', 'written_off', 'counted', 'moved')",
            name=op.f("ck_stock_move_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    op.create_index(op.f("ix_stock_move_article"), "stock_move", ["article"], unique=False)
    op.create_index(op.f("ix_stock_move_depot"), "stock_move", ["depot"], unique=False)
    op.create_index(op.f("ix_stock_move_drill"), "stock_move", ["drill"], unique=False)
    op.create_index(op.f("ix_stock_move_incident"), "stock_move", ["incident"], unique=False)
    op.create_index(op.f("ix_stock_move_kit_issue"), "stock_move", ["kit_issue"], unique=False)
    op.create_index(op.f("ix_stock_move_occurred_at"), "stock_move", ["occurred_at"], unique=False)
    op.create_index(op.f("ix_stock_move_of"), "stock_move", ["of"], unique=False)
    op.create_index(op.f("ix_stock_move_village"), "stock_move", ["village"], unique=False)
    op.create_index(op.f("ix_stock_move_world"), "stock_move", ["world"], unique=False)
    op.create_table(
        "stock_round",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["officer.id"], name=op.f("fk_stock_round_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_round")),
    )
    op.create_index(op.f("ix_stock_round_number"), "stock_round", ["number"], unique=False)
    op.create_table(
        "depot",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("keeper", sa.Text(), nullable=False),
        sa.Column("phone", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("name_initials", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_depot_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depot")),
    )
    op.create_index(op.f("ix_depot_name_pinyin"), "depot", ["name_pinyin"], unique=False)
    op.create_index(op.f("ix_depot_village"), "depot", ["village"], unique=False)
    op.create_table(
        "kit_issue",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=False),
        sa.Column("depot", sa.String(length=36), nullable=False),
        sa.Column("issued_on", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Text(), nullable=True),
        sa.Column("note", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["officer.id"], name=op.f("fk_kit_issue_by")),
        sa.ForeignKeyConstraint(["depot"], ["depot.id"], name=op.f("fk_kit_issue_depot")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_kit_issue_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_issue")),
    )
    op.create_index(op.f("ix_kit_issue_depot"), "kit_issue", ["depot"], unique=False)
    op.create_index(op.f("ix_kit_issue_issued_on"), "kit_issue", ["issued_on"], unique=False)
    op.create_index(op.f("ix_kit_issue_number"), "kit_issue", ["number"], unique=False)
    op.create_index(op.f("ix_kit_issue_village"), "kit_issue", ["village"], unique=False)
    op.create_table(
        "kit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=False),
        sa.Column("worker", sa.String(length=36), nullable=True),
        sa.Column("issue", sa.String(length=36), nullable=True),
        sa.Column("sizes", sa.Text(), nullable=False),
        sa.Column("handed_on", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["issue"], ["kit_issue.id"], name=op.f("fk_kit_issue")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_kit_village")),
        sa.ForeignKeyConstraint(["worker"], ["worker.id"], name=op.f("fk_kit_worker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
        sa.UniqueConstraint("code", name=op.f("uq_kit_code")),
    )
    op.create_index(op.f("ix_kit_issue"), "kit", ["issue"], unique=False)
    op.create_index(op.f("ix_kit_village"), "kit", ["village"], unique=False)
    op.create_index(op.f("ix_kit_worker"), "kit", ["worker"], unique=False)
    op.create_table(
        "piece",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("article", sa.String(length=36), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("kit", sa.String(length=36), nullable=True),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("issue", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("issued_on", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("reason", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'missing', 'damaged', 'expired', 'returned', 'written_off')",
            name=op.f("ck_piece_state"),
        ),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_piece_article")),
        sa.ForeignKeyConstraint(["issue"], ["kit_issue.id"], name=op.f("fk_piece_issue")),
        sa.ForeignKeyConstraint(["kit"], ["kit.id"], name=op.f("fk_piece_kit")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_piece_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece")),
        sa.UniqueConstraint("code", name=op.f("uq_piece_code")),
    )
    op.create_index(op.f("ix_piece_article"), "piece", ["article"], unique=False)
    op.create_index(op.f("ix_piece_due_on"), "piece", ["due_on"], unique=False)
    op.create_index(op.f("ix_piece_issue"), "piece", ["issue"], unique=False)
    op.create_index(op.f("ix_piece_kit"), "piece", ["kit"], unique=False)
    op.create_index(op.f("ix_piece_state"), "piece", ["state"], unique=False)
    op.create_index(op.f("ix_piece_village"), "piece", ["village"], unique=False)
    op.create_table(
        "round_count",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.String(length=36), nullable=False),
        sa.Column("piece", sa.String(length=36), nullable=False),
        sa.Column("village", sa.String(length=36), nullable=True),
        sa.Column("found", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("counted_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Integer(), nullable=True),
        sa.Column("settled", sa.Integer(), nullable=True),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.CheckConstraint("found IN ('issued', 'missing', 'damaged')", name=op.f("ck_round_count_found")),
        sa.CheckConstraint("source IN ('sheet', 'scan', 'hand')", name=op.f("ck_round_count_source")),
        sa.ForeignKeyConstraint(["by"], ["officer.id"], name=op.f("fk_round_count_by")),
        sa.ForeignKeyConstraint(["piece"], ["piece.id"], name=op.f("fk_round_count_piece")),
        sa.ForeignKeyConstraint(["round"], ["stock_round.id"], name=op.f("fk_round_count_round")),
        sa.ForeignKeyConstraint(["village"], ["village.id"], name=op.f("fk_round_count_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_count")),
    )
    op.create_index(op.f("ix_round_count_piece"), "round_count", ["piece"], unique=False)
    op.create_index(op.f("ix_round_count_round"), "round_count", ["round"], unique=False)
    op.create_index(op.f("ix_round_count_village"), "round_count", ["village"], unique=False)
    op.add_column("worker", sa.Column("vest_size", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("worker") as table:
        table.alter_column("vest_size", server_default=None)
