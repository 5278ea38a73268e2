"""The registers of a project: its risks, the changes asked for, what was promised, and early starts at their risk."""
