//! Names that the package, the stubs and the engines keep for themselves.

/// What every package has, whatever its plugin.
pub const EXPORTED: [&str; 22] = [
    "ActionError",
    "BundleError",
    "CloudEvent",
    "ConfigurationError",
    "Connection",
    "CursorStore",
    "Effect",
    "ErrorDocument",
    "Event",
    "FileCursorStore",
    "ForgedEventError",
    "Kind",
    "MemoryCursorStore",
    "Option",
    "Page",
    "Problem",
    "Received",
    "Retry",
    "Subscription",
    "Upstream",
    "WebhookError",
    "WebhookResponse",
];

/// What stubs need for themselves.
pub const STUB: [&str; 22] = [
    "Any",
    "AsyncClient",
    "AsyncIterator",
    "BaseConnection",
    "Client",
    "Headers",
    "Iterator",
    "Literal",
    "Mapping",
    "Moment",
    "NotRequired",
    "Number",
    "PluginCredentials",
    "PluginCursor",
    "SecretStr",
    "Sequence",
    "Start",
    "SupportsFloat",
    "Switch",
    "Text",
    "TypedDict",
    "Whole",
];

/// What every client can do.
pub const CLIENT: [&str; 11] = [
    "aclose",
    "call",
    "check_connection",
    "confirmed",
    "describe",
    "events",
    "options",
    "poll",
    "subscribe",
    "unsubscribe",
    "webhook",
];

/// What every connection has.
pub const CONNECTION: [&str; 4] = ["config", "from_env", "self", "prefix"];

/// What every task of Prefect takes.
pub const PREFECT: [&str; 7] = ["self", "credentials", "deferred", "kwargs", "parameters", "return_state", "wait_for"];

/// What the module of Prefect's tasks has besides.
pub const PREFECT_MODULE: [&str; 2] = ["LONGEST_WAIT_S", "may_be_repeated"];

/// What every block of Prefect has.
pub const BLOCK: [&str; 24] = [
    "aload",
    "annotations",
    "block_initialization",
    "config",
    "construct",
    "copy",
    "delete",
    "dict",
    "fields",
    "from_orm",
    "get_client",
    "json",
    "load",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "register_type_and_schema",
    "save",
    "schema",
    "schema_json",
    "self",
    "timezone",
    "update_forward_refs",
    "validate",
];

/// What every operator of Airflow has. `e2e/run.py airflow` holds it against the real one.
pub fn airflow() -> impl Iterator<Item = &'static str> {
    include_str!("airflow_names.txt").split_whitespace()
}
