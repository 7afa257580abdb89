"""/oauth-clients, /users/token, /users/revoke-token. The client does this by itself; these calls are for tools."""

from aiopeertube.types import OAuthClient, TokenResponse
from aiopeertube.wire import oauth
from aiopeertube.wire.call import Call

from ._base import Resource


class Auth(Resource):
    """Access tokens."""

    __slots__ = ()

    def client(self) -> Call[OAuthClient]:
        """Get the instance's OAuth client."""
        return oauth.client(self._sender)

    def token(
        self, client: OAuthClient, *, username: str, password: str, otp: str | None = None
    ) -> Call[TokenResponse]:
        """Log in; `expires_in` of the answer is in seconds."""
        return oauth.password_grant(client, username, password, otp, self._sender)

    def refresh(self, client: OAuthClient, *, refresh_token: str) -> Call[TokenResponse]:
        """Exchange a refresh token; it and its access token become invalid at once."""
        return oauth.refresh_grant(client, refresh_token, self._sender)

    def revoke(self) -> Call[None]:
        """Revoke the token in use; `PeerTube.logout()` also forgets it."""
        return oauth.revoke(self._sender)
