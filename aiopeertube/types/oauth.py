"""OAuth: the client credentials of a server, and the tokens it grants."""

from typing import TypedDict


class OAuthClient(TypedDict):
    """Answer of `GET /oauth-clients/local`."""

    client_id: str
    client_secret: str


class TokenResponse(TypedDict):
    """Answer of `POST /users/token`."""

    token_type: str
    access_token: str
    refresh_token: str
    expires_in: int
    refresh_token_expires_in: int
