"""Words and figures of the pages of screening."""
