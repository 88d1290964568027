"""Who gets what: everybody their own messages and channels, nobody another's."""

from gridwell.core import clock
from gridwell.notify.models import Channel, Message
from gridwell.places.tests.make import COMMUNITY
from tests.access.samples import EVERYBODY, ROW, Cast


def a_message(cast: Cast) -> int:
    return Message.objects.get_or_create(
        community_id=COMMUNITY,
        user_id=cast.officer.user_id,
        kind="notify.test",
        key="sample",
        defaults={"created_at": clock.now()},
    )[0].pk


def a_channel(cast: Cast) -> int:
    # Made anew when a role before has removed it.
    found = Channel.objects.filter(user=cast.officer.user_id).first()
    return (
        found
        or Channel.objects.create(
            user_id=cast.officer.user_id,
            kind="feishu",
            address="sample-robot-key",
            created_at=clock.now(),
        )
    ).pk


OWN = {"officer": 302, "grid_worker": 404, "district": 404}

ROWS = [
    EVERYBODY("message_list"),
    EVERYBODY("messages_seen", to="message_list", data={}),
    ROW("message_open", {"message": a_message}, **OWN),
    EVERYBODY("channel_list"),
    EVERYBODY("quiet_set", to="channel_list", data={}),
    ROW("channel_test", {"channel": a_channel}, **OWN, data={}),
    ROW("channel_set", {"channel": a_channel}, **OWN, data={"on": "0"}),
    ROW("channel_remove", {"channel": a_channel}, **OWN, data={}),
]
