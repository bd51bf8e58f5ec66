"""The carpeta de investigación: its numbers, offences, assignment and acts, and who may see it.

A case holds offences, parties, acts and evidence; its own status is derived from its procedural lines.
`queries.visible_to(viewer)` is the one place that decides sight: every read of a case starts from it.
"""
