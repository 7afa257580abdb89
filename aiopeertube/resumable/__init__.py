"""Chunked uploads that resume after any interruption: `upload`, `replace`, `import_archive`, and their state machine.

`upload_from` sends a file that is elsewhere: a `Source` gives its bytes.

How the server behaves, and what follows (observed with PeerTube 6.3 and 8.2):

- It writes a chunk at its declared offset, and a chunk that ends at the file's end completes the upload: it never
  notices a gap. So a chunk begins at the server's own offset, and never beyond what was sent without a gap.
- Sending the same bytes twice is harmless, but the answer to the second time reports where *that* ended. So after a
  failure the server is asked how much it has, and nothing is repeated blindly. The bytes of a broken chunk stay.
- While the chunk of a broken connection still counts as being received, it answers 423, for up to five minutes.
- After the last byte it answers 503 until the video is made, and then forgets the upload: every later request gives
  404, as for an upload that never existed. 8.2 answers before it forgets, and for about 0.1 s says 422, as for a file
  that is not a video. So no refusal tells a lost answer from a lost upload; the list of the user's videos decides
  (`ends`), and only when the video is not in it is the file sent once more.
- When making the video fails (500), the upload answers 503 for an hour. Waiting is useless: `UploadStuck`.
- When it has all bytes but did not see the last chunk end, it answers "308, all of it" forever; sending the last byte
  again completes it.
"""

from .driver import upload, upload_from
from .file import Source, Ticket
from .machine import CHUNK, Machine
from .others import import_archive, replace

__all__ = ["CHUNK", "Machine", "Source", "Ticket", "import_archive", "replace", "upload", "upload_from"]
