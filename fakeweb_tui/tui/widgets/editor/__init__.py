"""The editor pane: one editor per kind of thing that a config holds."""
