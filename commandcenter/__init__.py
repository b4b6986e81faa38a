"""Command Center: the duty desk of a township that governs by micro-grids."""

__version__ = "0.7.8"
