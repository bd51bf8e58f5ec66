"""Evidence items (indicios) of a case and the first links of their chain of custody (domain.md §4).

Custody is append-only: it begins when the item is registered, and a correction is a new record.
"""
