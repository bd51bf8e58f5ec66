"""Persons and their part in a case: suspect (imputado), victim, offended party, witness, counsel.

A person has given names and two surnames, aliases, and identifiers that are checked but never block: a wrong
check digit is a warning, because wrong documents are facts too (domain.md §3.2–3.5).
"""
