"""Frozen dataclasses and pure functions: the township's own facts and rules, one module a feature."""
