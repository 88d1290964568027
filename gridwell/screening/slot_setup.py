"""What sites, desks and slots register at start-up."""


def register() -> None:
    """Put words, pages and panels of sites, desks and slots into the house."""
    from gridwell.audit import labels as trail
    from gridwell.core import wording
    from gridwell.screening.labels import slots

    wording.register(slots.REFUSALS)
    trail.register_acts(slots.TRAIL_ACTS)
    trail.register_subjects(slots.TRAIL_SUBJECTS)
    trail.register_facts(slots.TRAIL_FACTS)
    trail.register_values("list", slots.LISTS)
