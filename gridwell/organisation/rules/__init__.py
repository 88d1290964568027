"""Pure rules of the organisation: who must be named, where duty is laid down twice, the chart."""
