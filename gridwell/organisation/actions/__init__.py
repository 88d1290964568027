"""Acts of the organisation: charges, five-to-one, four parties, groups and heads, roster, feeds."""
