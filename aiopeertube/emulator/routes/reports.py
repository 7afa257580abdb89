"""Reports of videos, comments and accounts, and what is said about them."""

from typing import Any

from aiopeertube.emulator.api.calls import Call, Reply, Route, json_reply, no_content
from aiopeertube.emulator.api.community_bodies import message_body, report_body
from aiopeertube.emulator.api.paging import BY_TIME, page_reply
from aiopeertube.emulator.api.rights import (
    MANAGE_REPORTS,
    checked,
    is_number,
    is_text,
    number_in_path,
    optional_text,
    staff,
)
from aiopeertube.emulator.model.community import ACCEPTED, PENDING, REJECTED, Message, Report
from aiopeertube.emulator.model.entities import User
from aiopeertube.emulator.model.notices import NEW_REPORT, REPORT_MESSAGE, REPORT_STATE
from aiopeertube.emulator.wire.problem_json import Problem, not_found

_REASONS = {"violentOrAbusive", "hatefulOrAbusive", "spamOrMisleading", "privacy", "rights", "serverRules"}
_REASONS |= {"thumbnails", "captions"}
_SORTS = {**BY_TIME, "id": lambda report: report.id, "state": lambda report: report.state}


def _is_target(value: Any) -> bool:
    return isinstance(value, dict) and is_number(value.get("id"))


_NEW = {
    "reason": is_text(2, 3000),
    "predefinedReasons": lambda value: isinstance(value, list) and set(value) <= _REASONS,
    "video": _is_target,
    "comment": _is_target,
    "account": _is_target,
}
_UPDATE = {
    "state": lambda value: value in (PENDING, REJECTED, ACCEPTED),
    "moderationComment": optional_text(2, 3000),
}


async def add_report(call: Call) -> Reply:
    """Report something."""
    user = call.user()
    sent = checked(call, (await call.read_body()).fields, _NEW, ("reason",))
    accused, more = _target(call, sent)
    await call.backend.write()
    number, now = call.store.community.number("report"), call.backend.options.clock()
    made = Report(number, user, sent["reason"], sent.get("predefinedReasons", []), now, now, accused, **more)
    call.store.community.reports[number] = made
    _tell_moderators(call, NEW_REPORT, made)
    return json_reply({"abuse": {"id": number}})


def _target(call: Call, sent: dict[str, Any]) -> tuple[User, dict[str, Any]]:
    """Return whose fault it is said to be, and what is reported."""
    if target := sent.get("video"):
        video = call.store.videos.get(int(target["id"]))
        if video is None:
            raise not_found("Video")
        place = {"video": video, "start": target.get("startAt"), "end": target.get("endAt")}
        return video.channel.owner, place
    if target := sent.get("comment"):
        comment = call.store.community.comments.get(int(target["id"]))
        if comment is None:
            raise not_found("Video comment")
        return comment.user, {"comment": comment}
    number = int(sent["account"]["id"]) if sent.get("account") else 0
    account = next((user for user in call.store.users.values() if user.account_id == number), None)
    if account is None:
        raise not_found("Account") if number else Problem("video id or account id or comment id is required.")
    return account, {}


async def reports(call: Call) -> Reply:
    """Return the reports, to moderators."""
    staff(call, MANAGE_REPORTS)
    return _listed(call, list(call.store.community.reports.values()), for_staff=True)


async def my_reports(call: Call) -> Reply:
    """Return the reports that the user made."""
    user = call.user()
    mine = [report for report in call.store.community.reports.values() if report.reporter is user]
    return _listed(call, mine, for_staff=False)


def _listed(call: Call, found: list[Report], *, for_staff: bool) -> Reply:
    query = call.query()
    for name, value in (("id", "id"), ("state", "state")):
        if name in query:
            found = [report for report in found if str(getattr(report, value)) == query[name]]
    search = str(query.get("search", "")).lower()
    found = [report for report in found if search in report.reason.lower()]
    return page_reply(call, found, lambda report: report_body(call, report, for_staff=for_staff), _SORTS)


async def edit_report(call: Call) -> Reply:
    """Decide about a report."""
    staff(call, MANAGE_REPORTS)
    sent = checked(call, (await call.read_body()).fields, _UPDATE)
    report = _report(call)
    if sent.get("state", report.state) != report.state:
        call.store.notices.tell(report.reporter, REPORT_STATE, report, call.backend.options.clock())
    report.state = sent.get("state", report.state)
    report.moderation = sent.get("moderationComment", report.moderation)
    report.updated_at = call.backend.options.clock()
    return no_content()


async def delete_report(call: Call) -> Reply:
    """Remove a report."""
    staff(call, MANAGE_REPORTS)
    report = call.store.community.reports.pop(_report(call).id)
    call.store.notices.forget(report)
    return no_content()


async def messages(call: Call) -> Reply:
    """Return what was said about a report."""
    report = _discussed(call)
    rows = [message_body(call, message) for message in report.messages]
    return json_reply({"total": len(rows), "data": rows})


async def add_message(call: Call) -> Reply:
    """Say something about a report."""
    user, report = call.user(), _discussed(call)
    sent = checked(call, (await call.read_body()).fields, {"message": is_text(2, 3000)}, ("message",))
    number = call.store.community.number("message")
    # Who reported it speaks for themselves, whatever their role.
    made = Message(number, user, sent["message"], user is not report.reporter, call.backend.options.clock())
    report.messages.append(made)
    if made.by_moderator:
        call.store.notices.tell(report.reporter, REPORT_MESSAGE, report, made.created_at)
    else:
        _tell_moderators(call, REPORT_MESSAGE, report)
    return json_reply({"abuseMessage": {"id": number}})


async def delete_message(call: Call) -> Reply:
    """Take back what was said."""
    user, report = call.user(), _discussed(call)
    number = number_in_path(call, "message")
    message = next((each for each in report.messages if each.id == number), None)
    if message is None:
        raise not_found("Abuse message")
    if message.user is not user and not user.is_staff:
        raise Problem("Cannot delete this abuse message", 403)
    report.messages.remove(message)
    return no_content()


def _tell_moderators(call: Call, kind: int, report: Report) -> None:
    for user in call.store.users.values():
        if user.is_staff:
            call.store.notices.tell(user, kind, report, call.backend.options.clock())


def _report(call: Call) -> Report:
    found = call.store.community.reports.get(number_in_path(call, "report"))
    if found is None:
        raise not_found("Abuse")
    return found


def _discussed(call: Call) -> Report:
    user, report = call.user(), _report(call)
    if not user.is_staff and report.reporter is not user:
        raise Problem(f"User {user.username} does not have right to get abuse {report.id}", 403)
    return report


ROUTES = (
    Route("GET", "/abuses", reports, "getAbuses"),
    Route("POST", "/abuses", add_report),
    Route("PUT", "/abuses/{report}", edit_report),
    Route("DELETE", "/abuses/{report}", delete_report),
    Route("GET", "/abuses/{report}/messages", messages),
    Route("POST", "/abuses/{report}/messages", add_message),
    Route("DELETE", "/abuses/{report}/messages/{message}", delete_message),
    Route("GET", "/users/me/abuses", my_reports),
)
