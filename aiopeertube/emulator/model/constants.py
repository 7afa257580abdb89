"""The identifiers a server knows, and their labels."""

CATEGORIES = {
    1: "Music",
    2: "Films",
    3: "Vehicles",
    4: "Art",
    5: "Sports",
    6: "Travels",
    7: "Gaming",
    8: "People",
    9: "Comedy",
    10: "Entertainment",
    11: "News & Politics",
    12: "How To",
    13: "Education",
    14: "Activism",
    15: "Science & Technology",
    16: "Animals",
    17: "Kids",
    18: "Food",
}

LICENCES = {
    1: "Attribution",
    2: "Attribution - Share Alike",
    3: "Attribution - No Derivatives",
    4: "Attribution - Non Commercial",
    5: "Attribution - Non Commercial - Share Alike",
    6: "Attribution - Non Commercial - No Derivatives",
    7: "Public Domain Dedication",
}

MODERN_LICENCES = {**LICENCES, 8: "Free of known copyright restrictions", 9: "All Rights Reserved"}

PUBLIC, UNLISTED, PRIVATE, INTERNAL, PASSWORD_PROTECTED = 1, 2, 3, 4, 5
HIDDEN = frozenset({PRIVATE, INTERNAL, PASSWORD_PROTECTED})  # whose files not everybody may have

PRIVACIES = {
    PUBLIC: "Public",
    UNLISTED: "Unlisted",
    PRIVATE: "Private",
    INTERNAL: "Internal",
    PASSWORD_PROTECTED: "Password protected",
}

COMMENTS_ENABLED, COMMENTS_DISABLED, COMMENTS_REQUIRE_APPROVAL = 1, 2, 3

COMMENT_POLICIES = {
    COMMENTS_ENABLED: "Enabled",
    COMMENTS_DISABLED: "Disabled",
    COMMENTS_REQUIRE_APPROVAL: "Requires approval",
}

EMBED_POLICIES = {1: "All allowed", 2: "Allowlist", 3: "Remote restrictions"}

PUBLISHED, TO_IMPORT, TRANSCODING_FAILED, IMPORT_FAILED = 1, 3, 7, 12

STATES = {
    PUBLISHED: "Published",
    2: "To transcode",
    TO_IMPORT: "To import",
    4: "Waiting for livestream",
    5: "Livestream ended",
    TRANSCODING_FAILED: "Transcoding failed",
    IMPORT_FAILED: "Import failed",
}

ADMINISTRATOR, MODERATOR, USER = 0, 1, 2

ROLES = {ADMINISTRATOR: "Administrator", MODERATOR: "Moderator", USER: "User"}

UNKNOWN = "Unknown"
