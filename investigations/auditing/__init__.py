"""Auditing: what was done, by whom and when, and whether anything was altered since.

Auditors see events, not what was written in them; who acted is told by name. They can have everything recomputed
at any time, and that they did is an event itself.
"""
