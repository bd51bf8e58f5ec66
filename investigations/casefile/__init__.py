"""The case as one page, the list of cases and the home page: what the features below hold, put side by side.

People, evidence and court do not know of each other; this one reads from all of them. It opens a case together with
the lines of its offences, and writes nothing of its own.
"""
