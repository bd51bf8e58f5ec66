"""The ledger: an append-only record of every change, in which nothing can be altered unseen.

Each event is canonical bytes, kept as they were hashed; the leaves form an RFC 6962 tree whose head (size and
root) is printed on paper. An event also binds the rows it changed, so that a row edited behind the
application's back differs from its last event. Personal data stay outside the leaf, behind a salted commitment.
"""
