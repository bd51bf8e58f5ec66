"""Procedural lines (líneas procesales) and their events.

A line is one suspect and one offence (the suspect is empty while the author is unknown). All procedure happens
on lines, because dismissal, abbreviated procedure and opportunity are decided person by person and crime by
crime (domain.md §0.2). A line's state is a pure fold over its append-only events.
"""
