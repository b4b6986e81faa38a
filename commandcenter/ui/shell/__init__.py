"""The frame around the features: window, rail, top bar, situation workspace, quick find, first start."""
