"""Pages of the register (底数). Each view parses, reaches things through the actor, acts, renders."""
