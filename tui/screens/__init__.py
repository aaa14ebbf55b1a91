"""Whole screens: each composes panels."""
