"""Ids, clock, errors, changes, options, paths, texts and logs: what every floor stands on."""
