"""From cases to search documents, and back from hits to what the viewer may see.

A change leaves an outbox row in its own transaction; the index follows after the commit and can be rebuilt from
the database at any time. The index is a cache, never the truth.
"""
