"""Uploads in chunks that go on after any interruption: `upload`, and the state machine that it follows.

What the server does, and what follows from it (PeerTube 6.3 and 8.2, observed):

- A chunk is written wherever it is said to begin, and one that ends at the file's end completes the upload: a gap
  is never noticed. So a chunk begins at the server's own offset, and never beyond what was sent without a gap.
- The same bytes twice do no harm, but the answer to the second sending tells where *that* ended. So after a failure
  the server is asked how much it has, and nothing is repeated blindly. What came of a broken chunk stays.
- While a broken connection's chunk still counts as coming in, it answers 423, for up to five minutes.
- Once the last byte is there, it answers 503 until the video is made, and forgets the upload with that. Whatever it
  is asked then gets 404, as for an upload that never was; 8.2 answers before it forgets, and for about 0.1 s says
  422, as of a file that is no video. So no refusal tells a lost answer from a lost upload, and the list of the
  user's videos is asked which it was (`ends`); only when that has none, the file is sent once more.
- When making the video fails (500), the upload answers 503 for an hour. Waiting is of no use: `UploadStuck`.
- When all bytes are there but the last chunk's end was not seen, it says "308, all of it" for ever; the last byte
  sent once more completes it.
"""

from .driver import upload
from .file import Ticket
from .machine import CHUNK, Machine

__all__ = ["CHUNK", "Machine", "Ticket", "upload"]
