"""Tests: folders mirror the apps."""
