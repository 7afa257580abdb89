"""The instance as a whole: counts, logs, follows, who is muted, jobs."""

from typing import Any

from cases import PAGE, Case

ROWS: dict[str, Any] = {"total": 1, "data": [{"id": 1}]}

CASES = (
    Case(
        "server.stats", lambda pt: pt.server.stats(), "GET /server/stats", "/server/stats", answer={"totalUsers": 1}
    ),
    Case(
        "server.contact",
        lambda pt: pt.server.contact(fromName="Anna", fromEmail="a@b.example", body="Hello", subject="Films"),
        "POST /server/contact",
        "/server/contact",
        {"fromName": "Anna", "fromEmail": "a@b.example", "body": "Hello", "subject": "Films"},
    ),
    Case("server.debug", lambda pt: pt.server.debug(), "GET /server/debug", "/server/debug", answer={"ip": "::1"}),
    Case(
        "server.run_command",
        lambda pt: pt.server.run_command(command="process-video-viewers"),
        "POST /server/debug/run-command",
        "/server/debug/run-command",
        {"command": "process-video-viewers"},
    ),
    Case(
        "server.logs",
        lambda pt: pt.server.logs(startDate="2026-01-01", level="warn", tagsOneOf=["video", "http"]),
        "GET /server/logs",
        "/server/logs?startDate=2026-01-01&level=warn&tagsOneOf=video&tagsOneOf=http",
        answer=[{"level": "warn", "timestamp": "t"}],
    ),
    Case(
        "server.audit_logs",
        lambda pt: pt.server.audit_logs(startDate="2026-01-01", endDate="2026-01-02"),
        "GET /server/audit-logs",
        "/server/audit-logs?startDate=2026-01-01&endDate=2026-01-02",
        answer=[],
    ),
    Case(
        "server.log_client",
        lambda pt: pt.server.log_client(message="m", url="https://a.example/w/1", level="error"),
        "POST /server/logs/client",
        "/server/logs/client",
        {"message": "m", "url": "https://a.example/w/1", "level": "error"},
    ),
    Case(
        "server.followers.list",
        lambda pt: pt.server.followers.list(state="pending", actorType="Application"),
        "GET /server/followers",
        f"/server/followers?{PAGE}&state=pending&actorType=Application",
        answer=ROWS,
    ),
    Case(
        "server.followers.accept",
        lambda pt: pt.server.followers.accept("peertube@a.example:9000"),
        "POST /server/followers/{nameWithHost}/accept",
        "/server/followers/peertube@a.example:9000/accept",
        repeated=True,
    ),
    Case(
        "server.followers.reject",
        lambda pt: pt.server.followers.reject("peertube@a.example"),
        "POST /server/followers/{nameWithHost}/reject",
        "/server/followers/peertube@a.example/reject",
        repeated=True,
    ),
    Case(
        "server.followers.delete",
        lambda pt: pt.server.followers.delete("peertube@a.example"),
        "DELETE /server/followers/{nameWithHost}",
        "/server/followers/peertube@a.example",
    ),
    Case(
        "server.following.list",
        lambda pt: pt.server.following.list(search="a"),
        "GET /server/following",
        f"/server/following?{PAGE}&search=a",
        answer=ROWS,
    ),
    Case(
        "server.following.create",
        lambda pt: pt.server.following.create(hosts=["a.example"], handles=["films@b.example"]),
        "POST /server/following",
        "/server/following",
        {"hosts": ["a.example"], "handles": ["films@b.example"]},
        repeated=True,
    ),
    Case(
        "server.following.delete",
        lambda pt: pt.server.following.delete("a.example"),
        "DELETE /server/following/{hostOrHandle}",
        "/server/following/a.example",
    ),
    Case(
        "server.redundancy.list",
        lambda pt: pt.server.redundancy.list(target="my-videos", sort="name"),
        "GET /server/redundancy/videos",
        f"/server/redundancy/videos?{PAGE}&target=my-videos&sort=name",
        answer=ROWS,
    ),
    Case(
        "server.redundancy.create",
        lambda pt: pt.server.redundancy.create(videoId=7),
        "POST /server/redundancy/videos",
        "/server/redundancy/videos",
        {"videoId": 7},
    ),
    Case(
        "server.redundancy.delete",
        lambda pt: pt.server.redundancy.delete(4),
        "DELETE /server/redundancy/videos/{redundancyId}",
        "/server/redundancy/videos/4",
    ),
    Case(
        "server.redundancy.update",
        lambda pt: pt.server.redundancy.update("a.example", redundancyAllowed=True),
        "PUT /server/redundancy/{host}",
        "/server/redundancy/a.example",
        {"redundancyAllowed": True},
    ),
    Case(
        "server.blocklist.public_log",
        lambda pt: pt.server.blocklist.public_log(startDate="2026-01-01"),
        "GET /server/blocklist/public-log",
        "/server/blocklist/public-log?startDate=2026-01-01",
        answer={"name": "a", "actions": []},
    ),
    Case(
        "server.blocklist.subscriptions.list",
        lambda pt: pt.server.blocklist.subscriptions.list(search="x"),
        "GET /server/blocklist/subscriptions",
        f"/server/blocklist/subscriptions?{PAGE}&search=x",
        answer=ROWS,
    ),
    Case(
        "server.blocklist.subscriptions.create",
        lambda pt: pt.server.blocklist.subscriptions.create(url="https://a.example/list.json"),
        "POST /server/blocklist/subscriptions",
        "/server/blocklist/subscriptions",
        {"url": "https://a.example/list.json"},
        {"id": 1},
    ),
    Case(
        "server.blocklist.subscriptions.delete",
        lambda pt: pt.server.blocklist.subscriptions.delete(1),
        "DELETE /server/blocklist/subscriptions/{id}",
        "/server/blocklist/subscriptions/1",
    ),
    Case(
        "blocklist.status",
        lambda pt: pt.blocklist.status(accounts=["anna@a.example"], hosts=["b.example"]),
        "GET /blocklist/status",
        "/blocklist/status?accounts=anna%40a.example&hosts=b.example",
        answer={"accounts": {}, "hosts": {}},
    ),
    Case("jobs.list", lambda pt: pt.jobs.list(), "GET /jobs/{state}", f"/jobs?{PAGE}", answer=ROWS),
    Case(
        "jobs.list",
        lambda pt: pt.jobs.list("failed", jobType="email"),
        "GET /jobs/{state}",
        f"/jobs/failed?{PAGE}&jobType=email",
        answer=ROWS,
    ),
    Case("jobs.pause", lambda pt: pt.jobs.pause(), "POST /jobs/pause", "/jobs/pause", repeated=True),
    Case("jobs.resume", lambda pt: pt.jobs.resume(), "POST /jobs/resume", "/jobs/resume", repeated=True),
    Case(
        "jobs.cancel",
        lambda pt: pt.jobs.cancel("video-transcoding", "12"),
        "POST /jobs/{jobType}/{jobId}/cancel",
        "/jobs/video-transcoding/12/cancel",
    ),
)
