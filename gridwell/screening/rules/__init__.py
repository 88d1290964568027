"""Rules of screening rounds: pure, no Django."""
