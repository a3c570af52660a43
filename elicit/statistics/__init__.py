"""Intervals, paired comparisons, permutation, corrections for many tests, power. Imports nothing of ours."""
