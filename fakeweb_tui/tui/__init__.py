"""The screen: everything that imports textual lives below this package."""
