"""Acts across packages: approving notices, ending zones and events, with the plan computed again."""
