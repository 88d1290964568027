"""What pages are made of: reads put together and worded; no request, no writes."""
