"""Training causal language models to ask.

May import ``measures`` and every room it may import.
"""
