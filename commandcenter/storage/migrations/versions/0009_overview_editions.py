"""Overview sheets have editions, too.

Revision ID: 0009
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more kind of edition."""
    with op.batch_alter_table("edition") as table:
        table.drop_constraint(op.f("ck_edition_kind"), type_="check")
        table.create_check_constraint(op.f("ck_edition_kind"), "kind IN ('handbook', 'contact_book', 'overview')")
