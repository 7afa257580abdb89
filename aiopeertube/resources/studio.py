"""/videos/{id}/studio."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiopeertube.errors import InputError, InvalidField
from aiopeertube.types.studio import StudioTask
from aiopeertube.wire.call import Call
from aiopeertube.wire.fields import form_fields
from aiopeertube.wire.files import image_part, video_part
from aiopeertube.wire.identifiers import VideoRef, video_problem
from aiopeertube.wire.messages import Body, FilePart, Multipart

from ._api import Noun
from ._bodies import SECONDS_FOR_A_FILE
from ._video_parts import below

_WITH_FILE = ("add-intro", "add-outro", "add-watermark")
_NAMES = ("cut", *_WITH_FILE, "remove-segments")


class Studio(Noun):
    """Edits of a video's picture and sound, which the server carries out after its answer."""

    __slots__ = ()

    def edit(self, video: VideoRef, *, tasks: Sequence[StudioTask]) -> Call[None]:
        """Cut a video, take parts out of it (8.x), put an intro, an outro or a watermark to it, in this order.

        BadRequest: the instance has no studio. Conflict: the video is being transcoded.
        """
        problem: InputError | None = video_problem(video)
        body: Body | None = None
        try:
            fields, files = _encoded(tasks)
            body = Multipart(form_fields({"tasks": fields}), files)
        except InputError as exc:
            problem = problem or exc
        return self._do("POST", below(video, "/studio/edit"), problem, body=body, timeout=SECONDS_FOR_A_FILE)


def _encoded(tasks: Sequence[StudioTask]) -> tuple[list[dict[str, Any]], tuple[FilePart, ...]]:
    fields: list[dict[str, Any]] = []
    files: list[FilePart] = []
    for number, task in enumerate(tasks):
        _check(task)
        options: dict[str, Any] = dict(task.get("options", {}))
        if task["name"] in _WITH_FILE:
            make = image_part if task["name"] == "add-watermark" else video_part
            files.append(make(f"tasks[{number}][options][file]", options.pop("file")))
        fields.append({"name": task["name"], **({"options": options} if options else {})})
    return fields, tuple(files)


def _check(task: object) -> None:
    name = task.get("name") if isinstance(task, Mapping) else None
    if name not in _NAMES:
        raise InvalidField("tasks", f"the name of each is one of {', '.join(_NAMES)}")
    options = task.get("options") if isinstance(task, Mapping) else None
    needs = "file" if name in _WITH_FILE else "segments" if name == "remove-segments" else None
    if not isinstance(options, Mapping) or (needs is not None and needs not in options):
        raise InvalidField("tasks", f"{name} needs options" + (f" with {needs}" if needs else ""))
