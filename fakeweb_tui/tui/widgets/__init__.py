"""Widgets, one file each; a widget knows nothing of its parent."""
