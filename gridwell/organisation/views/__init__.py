"""Pages of the organisation: people and groups, the chart, gaps, charges, the roster, calendars."""
