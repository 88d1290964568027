"""Who is in charge of what: groups, heads, named people, rosters (组织)."""
