"""The schema of the store, as the steps that made it. A step once shipped is never changed: a new one is added.

`contents`: the tables of a scenario, each frame kept once by the SHA-256 of its JSON, so that a hundred variants
cost little more than one scenario. Times are ISO 8601 texts in UTC; JSON where a value is never searched.
"""

APPLICATION = 0x504C414E  # "PLAN": marks the file as ours

FIRST = (
    "CREATE TABLE frames (sha TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE contents (id INTEGER PRIMARY KEY, sha TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, frames TEXT NOT NULL, counts TEXT NOT NULL)",
    "CREATE INDEX contents_hash ON contents (hash)",
    """CREATE TABLE scenarios (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, origin TEXT NOT NULL, who TEXT NOT NULL,
        created TEXT NOT NULL, updated TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0,
        accepted INTEGER REFERENCES runs (id))""",
    """CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, scenario_id INTEGER NOT NULL REFERENCES scenarios (id), number INTEGER NOT NULL,
        parent INTEGER, who TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL,
        content_id INTEGER NOT NULL REFERENCES contents (id), UNIQUE (scenario_id, number))""",
    "CREATE TABLE drafts (key TEXT NOT NULL, who TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (key, who))",
    """CREATE TABLE batches (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, kind TEXT NOT NULL, definition TEXT NOT NULL,
        scenario_id INTEGER REFERENCES scenarios (id), who TEXT NOT NULL, created TEXT NOT NULL)""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, scenario_id INTEGER REFERENCES scenarios (id), version_id INTEGER REFERENCES versions (id),
        batch_id INTEGER REFERENCES batches (id), content_id INTEGER NOT NULL REFERENCES contents (id),
        name TEXT NOT NULL, label TEXT NOT NULL, changed TEXT NOT NULL, problems TEXT NOT NULL, limits TEXT NOT NULL,
        who TEXT NOT NULL, created TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, worker TEXT,
        started TEXT, ended TEXT, heartbeat TEXT, stop_asked INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', answered_from INTEGER REFERENCES runs (id),
        summary TEXT NOT NULL DEFAULT '{}')""",
    "CREATE INDEX runs_state ON runs (state, id)",
    "CREATE INDEX runs_scenario ON runs (scenario_id)",
    "CREATE INDEX runs_batch ON runs (batch_id)",
    "CREATE INDEX runs_content ON runs (content_id)",
    """CREATE TABLE points (
        id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES runs (id), problem TEXT NOT NULL, seconds REAL NOT NULL,
        cost REAL, bound REAL, phase TEXT NOT NULL)""",
    "CREATE INDEX points_run ON points (run_id)",
    """CREATE TABLE plans (
        run_id INTEGER NOT NULL REFERENCES runs (id), problem TEXT NOT NULL, scenario_hash TEXT NOT NULL, status TEXT NOT NULL,
        fingerprint TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (run_id, problem))""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, scenario_id INTEGER, run_id INTEGER,
        detail TEXT NOT NULL)""",
    "CREATE INDEX events_scenario ON events (scenario_id)",
    "CREATE INDEX events_run ON events (run_id)",
    """CREATE TABLE lease (
        id INTEGER PRIMARY KEY CHECK (id = 1), worker TEXT NOT NULL, since TEXT NOT NULL, renewed TEXT NOT NULL,
        processes INTEGER NOT NULL, scheduler TEXT NOT NULL)""",
)

STEPS: tuple[tuple[str, ...], ...] = (FIRST,)
