"""Clearance: which offences were cleared, of how many, as known when.

The measures are pure arithmetic over one row an offence; the row is the fold of the offence's lines at two times
(what had happened by t, as known at k). A report is plain data; screen, paper, CSV, XLSX and JSON show the same.
"""
