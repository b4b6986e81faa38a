"""Listeners without Qt: they notice what happens outside and tell the desk."""
