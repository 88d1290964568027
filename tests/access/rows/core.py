"""Who gets what: pages of the frame."""

from tests.access.samples import EVERYBODY

ROWS = [
    EVERYBODY("core:word", {"code": "register"}),
    EVERYBODY("core:keep_alive", to=204),
    EVERYBODY("core:set_language", to=302, anonymous=302, data={"language": "en"}),
    EVERYBODY("core:style_guide", to=404),  # the demo and development only
]
