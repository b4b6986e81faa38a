"""What metadata cannot say: partial indexes, full text, triggers. Idempotent, re-applied after every upgrade."""

from sqlalchemy import Connection, text

_BOTH = (
    # An Index with a condition for PostgreSQL would load its dialect at every start of a desk on SQLite.
    "CREATE INDEX IF NOT EXISTS ix_personal_value_phone ON personal_value (search_key) WHERE kind = 'phone'",
)
_SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS personal_fts USING fts5(
         grams, content='personal_value', content_rowid='number', tokenize='unicode61')""",
    "DROP TRIGGER IF EXISTS personal_fts_insert",
    "DROP TRIGGER IF EXISTS personal_fts_update",
    "DROP TRIGGER IF EXISTS personal_fts_delete",
    """CREATE TRIGGER personal_fts_insert AFTER INSERT ON personal_value BEGIN
         INSERT INTO personal_fts(rowid, grams) VALUES (new.number, new.grams); END""",
    """CREATE TRIGGER personal_fts_update AFTER UPDATE OF grams ON personal_value BEGIN
         INSERT INTO personal_fts(personal_fts, rowid, grams) VALUES ('delete', old.number, old.grams);
         INSERT INTO personal_fts(rowid, grams) VALUES (new.number, new.grams); END""",
    """CREATE TRIGGER personal_fts_delete AFTER DELETE ON personal_value BEGIN
         INSERT INTO personal_fts(personal_fts, rowid, grams) VALUES ('delete', old.number, old.grams); END""",
)
_POSTGRES = (
    """ALTER TABLE personal_value ADD COLUMN IF NOT EXISTS grams_tsv tsvector
         GENERATED ALWAYS AS (to_tsvector('simple', coalesce(grams, ''))) STORED""",
    "CREATE INDEX IF NOT EXISTS ix_personal_value_grams_tsv ON personal_value USING gin (grams_tsv)",
    # The planner's samples of common values would keep what an erasure takes away.
    *(
        f"ALTER TABLE personal_value ALTER COLUMN {column} SET STATISTICS 0"
        for column in ("value", "search_key", "initials", "grams", "grams_tsv")
    ),
)


def apply(connection: Connection) -> None:
    """Bring functions, triggers and text indexes of this database up to date."""
    own = _POSTGRES if connection.dialect.name == "postgresql" else _SQLITE
    for statement in (*_BOTH, *own):
        connection.execute(text(statement))


def take_away(connection: Connection) -> None:
    """Drop what :func:`apply` made and no table takes with it when it is dropped."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TABLE IF EXISTS personal_fts"))


def forget_deleted(connection: Connection) -> None:
    """Make the text index drop the tokens of emptied rows (SQLite keeps them in old segments until then)."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO personal_fts(personal_fts) VALUES ('optimize')"))
