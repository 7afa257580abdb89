"""/users/me/notifications and /users/me/notification-settings."""

from collections.abc import Sequence
from typing import Unpack

from aiopeertube._pagination import Paginator
from aiopeertube.types.notifications import Notification, NotificationFilters, UpdateNotificationSettings
from aiopeertube.wire.call import Call

from ._api import Noun
from ._checks import first, id_problem


class MyNotifications(Noun):
    """What the logged-in user is told about."""

    __slots__ = ()

    def list(self, *, count: int = 100, **filters: Unpack[NotificationFilters]) -> Paginator[Notification]:
        """List the notifications, the latest first."""
        return self._pages("/users/me/notifications", filters, count=count)

    def read(self, *, ids: Sequence[int]) -> Call[None]:
        """Mark some notifications as read."""
        problem = first(*(id_problem("ids", number) for number in ids))
        json = {"ids": list(ids)}
        return self._do("POST", "/users/me/notifications/read", problem, json=json, idempotent=True)

    def read_all(self) -> Call[None]:
        """Mark all notifications as read."""
        return self._do("POST", "/users/me/notifications/read-all", idempotent=True)

    def update_settings(self, **settings: Unpack[UpdateNotificationSettings]) -> Call[None]:
        """Set how the user is told of each kind of event: 0 not at all, 1 on the web, 2 by mail, 3 both.

        The server may want all of them at once; `me.get()` has the present ones.
        """
        schema = UpdateNotificationSettings
        return self._do("PUT", "/users/me/notification-settings", json=dict(settings), schema=schema)
