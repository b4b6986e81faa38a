"""The only floor that knows SQLAlchemy: engines, tables, the unit of work, reads, seals, backup, migrations."""
