"""Private: one file per noun of the API, named after its paths; the client's attributes are instances of these."""

from .accounts import Accounts
from .auth import Auth
from .captions import Captions
from .channels import Channels
from .config import Config
from .imports import Imports
from .me import Me
from .uploads import Uploads
from .videos import Videos

__all__ = ["Accounts", "Auth", "Captions", "Channels", "Config", "Imports", "Me", "Uploads", "Videos"]
