"""Steering: what a leader asks of a running project, answered from its record: its events, its state and its plan.

Pure, like `ltcflow.projects`, on which it stands: what is here reads and decides nothing.
"""
