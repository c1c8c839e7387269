//! Records a call to a real service as a case.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use plugin_host_core::http::Request;
use plugin_host_core::pages::{Bounds, Search};
use plugin_host_core::runner::Connected;
use plugin_host_core::schema;
use plugin_host_core::trial::{Answer, Ending, Trial, Trials};
use serde_json::Value;
use tempfile::NamedTempFile;

use super::case::{self, Case, Exchange, Outcome, RecordedRequest};
use super::input;

/// Members of an error that a later version is to keep.
const KEPT: [&str; 5] = ["kind", "message", "retry", "effect", "field"];
/// What the file of a further page has behind the name of the first.
pub const PAGE: &str = "-page-";
/// What the file of a page with a smaller limit has behind that.
const SMALLER: &str = "-smaller";
/// The same of all items on one page.
pub const WHOLE: &str = "-whole";
/// The most pages of a search that are recorded.
const PAGES: u32 = 20;
/// Headers of answers that plugins and hosts go by.
const HEADERS: [&str; 3] = ["content-type", "location", "retry-after"];

/// A call that was watched.
pub struct Observed {
    /// What it asked for and what was answered, with `***` in the place of secrets.
    pub exchanges: Vec<Exchange>,
    /// How it went.
    pub trial: Trial,
}

/// Answers of the services themselves.
pub fn network(connected: &Connected) -> Answer {
    let send = connected.sender();
    Arc::new(move |_, request| send(&Request::of(request), request.body.as_bytes()))
}

/// The input that an author gives for a call, as the export takes it.
///
/// # Errors
/// If there is no such export, or the input is none.
pub fn input_of(connected: &Connected, export: &str, given: &str) -> Result<String, String> {
    known(connected, export)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
    input::of(connected.description(), export, given, now)
}

/// Refuses an export that there is not.
///
/// # Errors
/// With what there is.
pub fn known(connected: &Connected, export: &str) -> Result<(), String> {
    input::known(connected.description(), &connected.runner().module().exports(), export)
}

/// Makes a call once and watches it.
///
/// # Errors
/// If there is no instance to call.
pub fn observed(connected: &Connected, export: &str, input: &str, given: Answer) -> Result<Observed, String> {
    let exchanges = Arc::<Mutex<Vec<Exchange>>>::default();
    let (kept, redactor) = (exchanges.clone(), connected.redactor().clone());
    let answer: Answer = Arc::new(move |place, request| {
        let answered = given(place, request);
        let mut answer = case::Answer::of(&answered);
        if let case::Answer::Response { headers, body, .. } = &mut answer {
            headers.retain(|name, _| HEADERS.contains(&name.as_str()));
            *body = redactor.text(body).into_owned();
        }
        let request = RecordedRequest::of(&redactor.request(request.clone()));
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(Exchange { request, answer });
        answered
    });
    let trial = Trials::new(connected).run(export, input, answer).map_err(|error| error.to_string())?;
    let exchanges = std::mem::take(&mut *exchanges.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Observed { exchanges, trial })
}

/// Makes a call once, over the network, and tells what was asked and answered. Secrets of the
/// connection are left out, unless they are made up themselves, as those of a stand-in are: a signature
/// of theirs holds only with them.
///
/// # Errors
/// If the call does not come to its end.
pub fn record(connected: &Connected, export: &str, input: &str, keep_secrets: bool) -> Result<Case, String> {
    let Observed { exchanges, trial } = observed(connected, export, input, network(connected))?;
    let read = |text: &str| serde_json::from_str::<Value>(&connected.redactor().json(text.to_owned()));
    let outcome = match &trial.ending {
        Ending::Output(output) => Outcome::Output(read(output).map_err(|_| "the output is no JSON".to_owned())?),
        Ending::Error(document) => {
            let mut error = read(document).map_err(|_| "the error is no JSON".to_owned())?;
            if let Some(members) = error.as_object_mut() {
                members.retain(|name, _| KEPT.contains(&name.as_str()));
            }
            Outcome::Error(error)
        }
        Ending::Trap(why) => {
            let why = trial.stopped().unwrap_or_else(|| why.clone());
            return Err(format!("the plugin stopped in the middle: {why}"));
        }
    };
    let input = if input.is_empty() { Value::Null } else { serde_json::from_str(input).unwrap_or_default() };
    let connection = values(connected, keep_secrets);
    Ok(Case { call: export.to_owned(), connection, input, exchanges, outcome, name: String::new() })
}

/// Records a search: its pages, asked for as hosts do, each as a case; the second page once more with a smaller
/// limit, as a host may ask for what is left; and the items on one page, as large as it may be. With each goes what its file's name has behind the first's.
///
/// # Errors
/// If the action is no search, a page is none, or there are too many.
pub fn record_pages(
    connected: &Connected,
    export: &str,
    input: &str,
    keep_secrets: bool,
) -> Result<Vec<(String, Case)>, String> {
    let action = connected.action(export).map_err(|error| error.message)?;
    let bounds = Bounds::default().pages(PAGES);
    let mut search = Search::new(action, input, bounds).map_err(|error| error.message)?;
    let mut cases = Vec::new();
    while let Some(input) = search.ask().map_err(|error| format!("{error}: narrow the search down"))? {
        let case = record(connected, export, &input, keep_secrets)?;
        let Outcome::Output(output) = &case.outcome else {
            let (kind, message) = case.failure().unwrap_or_default();
            return Err(format!("page {} failed: {kind}: {message}", search.pages() + 1));
        };
        search.take(&output.to_string()).map_err(|error| error.message)?;
        let page = search.pages();
        cases.push((if page == 1 { String::new() } else { format!("{PAGE}{page}") }, case));
        if let Some(fewer) = Some(input).filter(|_| page == 2).and_then(|input| with_smaller_limit(&input)) {
            cases.push((format!("{PAGE}2{SMALLER}"), record(connected, export, &fewer, keep_secrets)?));
        }
    }
    let mut whole: Value = serde_json::from_str(input).unwrap_or_default();
    if search.pages() > 1 && whole.as_object_mut().is_some_and(|input| input.remove("limit").is_some()) {
        let mut search = Search::new(action, &whole.to_string(), bounds).map_err(|error| error.message)?;
        if let Ok(Some(input)) = search.ask() {
            cases.push((WHOLE.to_owned(), record(connected, export, &input, keep_secrets)?));
        }
    }
    Ok(cases)
}

/// The input of a page with a smaller limit, if it has one that can be smaller.
fn with_smaller_limit(input: &str) -> Option<String> {
    let mut input: Value = serde_json::from_str(input).ok()?;
    let limit = input["limit"].as_u64().filter(|limit| *limit > 1)?;
    input["limit"] = (limit - 1).into();
    Some(input.to_string())
}

fn values(connected: &Connected, keep_secrets: bool) -> BTreeMap<String, String> {
    let keys = schema::fields(&connected.description().connection.schema);
    let shown = keys.filter(|key| keep_secrets || !key.is_secret());
    let value = |name: &str| connected.connection().get(name).map(|value| (name.to_owned(), value.to_owned()));
    shown.filter_map(|key| value(key.name)).collect()
}

/// Writes cases to files, each beside the first. With `force` they take the place of those that are there, which
/// none does before all are on the disk; then pages of an earlier recording that this one has not are taken away.
///
/// # Errors
/// If one is there and `force` is not given, or can't be written: then all is as it was, but for a disk that fails in
/// the middle of putting files in their places.
pub fn write(cases: Vec<(String, Case)>, first: &Path, force: bool) -> Result<Vec<(PathBuf, Case)>, String> {
    let stem = first.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut staged = Vec::new();
    for (suffix, case) in cases {
        let path =
            if suffix.is_empty() { first.to_owned() } else { first.with_file_name(format!("{stem}{suffix}.json")) };
        if !force && path.symlink_metadata().is_ok() {
            return Err(is_there(&path));
        }
        staged.push((stage(&case, &path).map_err(|error| cannot(&path, &error))?, path, case));
    }
    let mut written: Vec<(PathBuf, Case)> = Vec::new();
    for (file, path, case) in staged {
        let put = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
        if let Err(error) = put {
            for (path, _) in written.iter().filter(|_| !force) {
                let _ = fs::remove_file(path);
            }
            let is_new = error.error.kind() == io::ErrorKind::AlreadyExists;
            return Err(if is_new { is_there(&path) } else { cannot(&path, &error.error) });
        }
        written.push((path, case));
    }
    if force {
        left_over(first, &stem, &written)?;
    }
    Ok(written)
}

fn is_there(path: &Path) -> String {
    format!("{} is there already: give --force to record it anew, or name another file", path.display())
}

fn cannot(path: &Path, error: &io::Error) -> String {
    format!("can't write {}: {error}", path.display())
}

/// Writes a case beside its place.
fn stage(case: &Case, path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any file that a person writes; what may be done with it is the process's umask.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".case-").tempfile_in(folder)?;
    let text = serde_json::to_string_pretty(case).map_err(io::Error::from)? + "\n";
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Takes pages of an earlier recording away, which would be taken for some of this one.
fn left_over(first: &Path, stem: &str, written: &[(PathBuf, Case)]) -> Result<(), String> {
    let is_page = |name: &str| {
        let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".json"));
        let number = |page: &str| !page.is_empty() && page.bytes().all(|byte| byte.is_ascii_digit());
        rest.is_some_and(|rest| {
            rest == WHOLE || rest.strip_prefix(PAGE).is_some_and(|page| number(page.trim_end_matches(SMALLER)))
        })
    };
    let folder = first.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in fs::read_dir(folder).map_err(|error| cannot(folder, &error))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_new = written.iter().any(|(path, _)| path.file_name().is_some_and(|it| it.to_string_lossy() == name));
        if is_page(&name) && !is_new {
            fs::remove_file(entry.path()).map_err(|error| cannot(&entry.path(), &error))?;
        }
    }
    Ok(())
}
