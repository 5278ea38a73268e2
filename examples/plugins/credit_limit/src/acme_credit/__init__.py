"""Acme's credit limit for ltcflow."""
