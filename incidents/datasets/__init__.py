"""Event datasets: UCDP GED, ACLED and any table of incidents, imported row by row with reasons.

`importing.import_files` takes files in; `dataset.open_dataset` opens what was stored;
`columns` filters and sums it; `as_claims` turns rows into the records of `incidents.model`.
"""
