"""Pages of tasks. Each view parses, reaches things through the actor, acts, renders."""
