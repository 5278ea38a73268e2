"""Reports: what the command line prints, as pure functions from values to text and to plain data."""
