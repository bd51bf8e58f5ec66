"""Speed, measured: each budget beside its result and beside the raw engine in the same run."""
