"""The law as dated data, one file a jurisdiction.

A *jurisdiction* names its *states* (where a procedural line can be) and *stages* (how states are
grouped), the *kinds of event* that can happen to a line, who *decides* each one and on what legal
*basis*, the *transitions* they cause, and the *outcome* class each carries for statistics. A line's
position is never stored as truth: it is folded from its events, always with two times (what had
happened by then, as known at that moment). Beside the law stand the *catalogues*: offences and
municipalities.
"""
