"""What is known of workers besides, where their numbers were last verified, who is away and who stands in.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LISTS = ("channel", "duties", "skills", "vehicles", "priorities")


def upgrade() -> None:
    """Columns of workers that are empty at first, everybody serving; a table of absences."""
    for name in _LISTS:
        op.add_column("worker", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("worker", sa.Column("verified_on", sa.Text(), nullable=True))
    op.add_column("worker", sa.Column("standing", sa.String(length=32), nullable=False, server_default="serving"))
    op.add_column("worker", sa.Column("merged_into", sa.String(length=36), nullable=True))
    op.add_column("worker", sa.Column("left_on", sa.Text(), nullable=True))
    op.add_column("worker", sa.Column("left_reason", sa.Integer(), nullable=True))
    with op.batch_alter_table("worker") as table:
        for name in (*_LISTS, "standing"):
            table.alter_column(name, server_default=None)
        table.create_check_constraint(op.f("ck_worker_standing"), "standing IN ('serving', 'reserve')")
    op.create_table(
        "worker_absence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("worker", sa.String(length=36), nullable=False),
        sa.Column("from_on", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Text(), nullable=True),
        sa.Column("reason", sa.Integer(), nullable=True),
        sa.Column("stand_in", sa.String(length=36), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["stand_in"], ["worker.id"], name=op.f("fk_worker_absence_stand_in")),
        sa.ForeignKeyConstraint(["worker"], ["worker.id"], name=op.f("fk_worker_absence_worker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_absence")),
    )
    op.create_index(op.f("ix_worker_absence_stand_in"), "worker_absence", ["stand_in"], unique=False)
    op.create_index(op.f("ix_worker_absence_worker"), "worker_absence", ["worker"], unique=False)
