"""Importing: real records from files, by mappings that are data, with a dry run, a row report and an undo."""
