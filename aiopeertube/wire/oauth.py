"""The calls of PeerTube's OAuth endpoints, used by the `auth` resource and by the stack itself."""

from typing import Final

from aiopeertube.types import OAuthClient, TokenResponse

from .answers import json_value, nothing
from .call import Call, Sender
from .messages import API, CLIENT_PATH, TOKEN_PATH, FormBody

OTP_HEADER: Final = "x-peertube-otp"


def client(sender: Sender | None = None) -> Call[OAuthClient]:
    """Get the instance's OAuth client, the same for everyone."""
    return Call("GET", CLIENT_PATH, json_value, authenticate=False, sender=sender)


def password_grant(
    oauth: OAuthClient, username: str, password: str, otp: str | None, sender: Sender | None = None
) -> Call[TokenResponse]:
    """Log in; it is safe to repeat, since it only makes another token."""
    fields = (
        *_client_fields(oauth),
        ("grant_type", "password"),
        ("username", username),
        ("password", password),
    )
    headers = ((OTP_HEADER, otp),) if otp else ()
    return Call(
        "POST",
        TOKEN_PATH,
        json_value,
        body=FormBody(fields),
        headers=headers,
        authenticate=False,
        idempotent=True,
        sender=sender,
    )


def refresh_grant(oauth: OAuthClient, refresh: str, sender: Sender | None = None) -> Call[TokenResponse]:
    """Exchange a refresh token; the server invalidates it and its access token at once.

    Sent again after a lost answer it is refused as spent, which is what there is to find out.
    """
    fields = (*_client_fields(oauth), ("grant_type", "refresh_token"), ("refresh_token", refresh))
    return Call(
        "POST", TOKEN_PATH, json_value, body=FormBody(fields), authenticate=False, idempotent=True, sender=sender
    )


def revoke(sender: Sender | None = None) -> Call[None]:
    """Revoke the token in use."""
    return Call("POST", f"{API}/users/revoke-token", nothing, sender=sender)


def _client_fields(oauth: OAuthClient) -> tuple[tuple[str, str], ...]:
    return (("client_id", oauth["client_id"]), ("client_secret", oauth["client_secret"]))
