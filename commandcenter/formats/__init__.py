"""From bytes to plain rows and back: pure readers of map files and tables, without database or window."""
