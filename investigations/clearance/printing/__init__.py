"""Paper and files: one report as PDF, CSV, XLSX and JSON, all from the same plain data.

`__main__` is the only file that knows WeasyPrint; it runs as a process of its own, which `pdf` starts, feeds and stops.
`press` works through the queue of reports that people asked for.
"""
