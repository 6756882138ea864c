"""Tests of `make run`: what sets up, starts, watches and stops."""
