//! `batch`: a whole file of calls.

mod args;
mod progress;
mod signals;
mod summary;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugin_host_core::description::ActionDescription;
use plugin_host_core::idempotency::Key;
use plugin_host_core::queue::{Queue, Slots};
use plugin_host_core::redact::Redactor;
use plugin_host_core::retry::{Backoff, Repetition};
use plugin_host_core::runner::Connected;
use plugin_kit::signature::hex;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::exit::{GAVE_UP, INTERRUPTED, ROWS_FAILED, UNWRITTEN};
use super::failure::Failure;
use super::output::print;
use super::terminal::{say, say_json};
use crate::audit::Audit;
use crate::batch::journal::{Finished, Header, Journal, Writer};
use crate::batch::{End, Format, Kind, Names, Plan, Refusal, Run, Spool, Table, Tally, Target};
use crate::batch::{check, results};
pub use args::BatchArgs;
use progress::Progress;
use summary::Summary;

/// Runs a batch, or with `--dry-run` checks it.
pub fn run(args: &BatchArgs, json: bool, connected: Connected, backoff: Backoff, audit: &Audit) -> Result<(), Failure> {
    let Some(action) = connected.description().action(&args.action).cloned() else {
        // The error has the actions that there are.
        return Err(connected.dry_run(&args.action, "{}").map_or_else(Failure::from, |_| Failure::Told(1)));
    };
    let clock = args.dates.clock().map_err(Failure::Usage)?;
    let names = Names::new(&action, args.map.clone(), args.fields.clone(), clock)?;
    let names = names.grouped(args.group_by.clone());
    let redactor = connected.redactor().clone();
    let table = read(args, names, &action, &redactor)?;
    if args.dry_run {
        return dry_run(args, json, &table, &connected);
    }
    let columns = format!("{:?}{:?}{:?}{}", args.format(), args.encoding, args.sheet, table.fingerprint());
    let header = Header {
        journal: Header::VERSION,
        id: Key::fresh().text_for(&serde_json::Value::Bool(true)),
        plugin: connected.description().name.clone(),
        plugin_version: connected.description().version.clone(),
        action: action.name.clone(),
        connection: connected.name().to_owned(),
        account: connected.account().to_string(),
        input: name_of(&args.input),
        input_sha256: table.sha256().to_owned(),
        columns_sha256: hex(&Sha256::digest(columns)),
        rows: table.rows,
    };
    let places = Places::of(args, &table)?;
    let journal = places.open(args.resume, &header)?;
    let repetition = repetition(&action, &journal);
    let plan = match args.resume {
        true => Plan::resume(&table, journal.ledger(), repetition, args.retry_failed).map_err(Refusal::from)?,
        false => Plan::begin(repetition),
    };
    let passed_over = plan.passed_over;
    let audit = audit.clone();
    let work = Work { table, journal_path: places.journal, target: places.target, redactor, passed_over, json, audit };
    if !work.table.carried.is_empty() && !json {
        let carried = plugin_host_core::text::list(&work.table.carried);
        say(&format!("note: not sent, but kept in the results: {}\n", work.redactor.text(&carried)));
    }
    let queue = Queue::new(connected, Slots::new(args.in_flight.get()), args.rate, backoff);
    work.run(queue, args, &action, journal, plan)
}

/// What comes of sending a row twice. A key makes it harmless, as long as it is known which that was.
fn repetition(action: &ActionDescription, journal: &Journal) -> Repetition {
    match (action.key_field(), journal.id()) {
        (Some(_), None) => Repetition::Harmful,
        _ => Repetition::of(action),
    }
}

/// Reads the input once, and refuses what can't be used.
fn read(args: &BatchArgs, names: Names, action: &ActionDescription, redactor: &Redactor) -> Result<Table, Failure> {
    let name = name_of(&args.input);
    let copied = if is_stdin(&args.input) {
        Spool::copy(io::stdin().lock(), args.encoding)
    } else {
        File::open(&args.input).and_then(|file| Spool::copy(file, args.encoding))
    };
    let spool = copied.map_err(|error| Failure::Usage(format!("can't read {name}: {error}")))?;
    let format = args.format().or((spool.kind != Kind::Text).then_some(Format::Csv)).ok_or_else(|| {
        Failure::Usage(format!("can't tell from its name how {name} is written: say --format csv or ndjson"))
    })?;
    let table = Table::survey(spool, format, args.sheet.as_deref(), names, action.subject.as_deref());
    table.map_err(|refusal| Failure::Usage(format!("{name}: {}", redactor.text(&refusal.0))))
}

fn dry_run(args: &BatchArgs, json: bool, table: &Table, connected: &Connected) -> Result<(), Failure> {
    let refused = check(table, connected, &args.action, |line, outcome| match outcome {
        Err(error) if json => say_json(&serde_json::json!({ "line": line, "error": error })),
        Err(error) => say(&format!("line {line}: {}\n", error.message)),
        Ok(()) => {}
    });
    let refused = refused.map_err(Refusal::from)?;
    let good = table.rows - refused;
    let machine = serde_json::json!({ "rows": table.rows, "good": good, "refused": refused, "notes": table.notes });
    let notes: String = table.notes.iter().map(|note| format!("{note}\n")).collect();
    print(
        &machine.to_string(),
        json,
        format!("Nothing was sent. {good} of {} {} can be.\n{notes}", table.rows, table.unit()),
    )?;
    if refused == 0 { Ok(()) } else { Err(Failure::Told(ROWS_FAILED)) }
}

/// Where a batch leaves what.
struct Places {
    journal: Option<PathBuf>,
    target: Target,
}

impl Places {
    fn of(args: &BatchArgs, table: &Table) -> Result<Self, Failure> {
        let stdin = is_stdin(&args.input);
        let journal = args.journal.clone().or_else(|| (!stdin).then(|| with_suffix(&args.input, ".journal")));
        let target = match &args.output {
            Some(path) if is_stdin(path) => Target::Stdout,
            Some(path) => Target::at(path.clone()),
            None if stdin => Target::Stdout,
            None => {
                let extension = args.input.extension().map(|extension| extension.to_string_lossy().into_owned());
                let ending = match extension.as_deref().map(str::to_lowercase).as_deref() {
                    _ if table.is_workbook() => ".results.csv".to_owned(),
                    Some("xlsx" | "xlsm" | "xls" | "xlsb") => ".results.csv".to_owned(),
                    Some("json") => ".results.ndjson".to_owned(),
                    _ => extension.map_or(".results".to_owned(), |extension| format!(".results.{extension}")),
                };
                Target::at(with_suffix(&args.input.with_extension(""), &ending))
            }
        };
        if journal.is_none() && args.resume {
            let why = "a batch from standard input has no journal of itself: --resume takes --journal FILE as well";
            return Err(Failure::Usage(why.to_owned()));
        }
        if let (Some(journal), Target::File(output)) = (&journal, &target)
            && journal == output
        {
            return Err(Failure::Usage("--journal and --output can't be the same file".to_owned()));
        }
        Ok(Self { journal, target })
    }

    /// Opens the journal, when results are known to have a place too.
    fn open(&self, resume: bool, header: &Header) -> Result<Journal, Refusal> {
        let Some(path) = &self.journal else {
            self.target.check(&[])?;
            return Journal::passing(header);
        };
        if !resume {
            // Looked at in this order, so that a refusal leaves no journal behind.
            let journal = || Journal::begin(path, header);
            return match path.exists() {
                true => journal().and_then(|journal| self.target.check(&[]).map(|()| journal)),
                false => self.target.check(&[]).and_then(|()| journal()),
            };
        }
        let (journal, begun) = Journal::resume(path, header)?;
        self.target.check(&journal.ledger().results)?;
        let damage = journal.ledger().damage;
        if damage.is_any() {
            let (shown, lines, first) = (path.display(), damage.lines, damage.first);
            say(&format!(
                "note: {shown} is damaged: {lines} of its lines can't be read, the first is line {first}. Rows of which nothing else is known count as sent and in doubt\n"
            ));
        }
        if begun.plugin_version != header.plugin_version {
            let (then, now) = (&begun.plugin_version, &header.plugin_version);
            say(&format!("note: begun with version {then} of the plugin, gone on with {now}\n"));
        }
        Ok(journal)
    }
}

/// A batch that can be run.
struct Work {
    table: Table,
    journal_path: Option<PathBuf>,
    target: Target,
    redactor: Redactor,
    passed_over: u64,
    json: bool,
    audit: Audit,
}

impl Work {
    fn run(
        self,
        queue: Queue,
        args: &BatchArgs,
        action: &ActionDescription,
        journal: Journal,
        plan: Plan,
    ) -> Result<(), Failure> {
        let progress = Arc::new(Progress::new(self.table.rows, self.json));
        progress.skip(plan.settled);
        let stop = CancellationToken::new();
        let run = Run {
            queue,
            action: action.name.clone(),
            in_flight: args.in_flight.get(),
            damaged: journal.ledger().damage.is_any(),
            repetition: repetition(action, &journal),
            journal_id: journal.id().map(str::to_owned),
            plan,
            redactor: self.redactor.clone(),
            stop: stop.clone(),
            audit: self.audit.clone(),
            on_row: {
                let progress = progress.clone();
                Box::new(move |line, fate| progress.row(line, fate))
            },
        };
        let writer = journal.writer().map_err(Refusal::from)?;
        let runtime = runtime().map_err(Refusal::from)?;
        runtime.block_on(async {
            tokio::spawn(signals::watch(stop));
            let (end, writer) = run.rows(&self.table, writer).await;
            // Nothing else holds the bar by now, and what follows is to be read.
            drop(progress);
            self.end(&end, writer)
        })
    }

    /// Writes the results, and tells how it went.
    fn end(&self, end: &End, writer: Writer) -> Result<(), Failure> {
        let mut journal = writer.finish();
        let write =
            |journal: &Finished, out: &mut dyn io::Write| results::write(&self.table, journal, &self.redactor, out);
        let ((tally, lacking), results) = if matches!(end, End::Broken(_)) {
            // Results come with the next run: they would not tell what this one could not write down.
            (write(&journal, &mut io::sink()).map_err(Refusal::from)?, None)
        } else {
            match self.target.write(&mut journal, write) {
                Ok(written) => (written, self.target.path().map(|path| path.display().to_string())),
                Err(error) => return Err(self.unwritten(&error, &journal)),
            }
        };
        let journal = self.journal_path.as_ref().map(|path| path.display().to_string());
        let mut notes = self.table.notes.clone();
        if lacking > 0 {
            notes.push(format!(
                "The results are encoded as the file is. {lacking} characters that it can't have are written as JSON escapes them (\\u2713)."
            ));
        }
        let summary = Summary {
            end,
            tally: &tally,
            results: results.as_deref(),
            journal: journal.as_deref(),
            passed_over: self.passed_over,
            subject: self.table.subject(),
            unit: self.table.unit(),
            notes: &notes,
        };
        if self.target != Target::Stdout {
            let printed = print(&summary.json().to_string(), self.json, summary.text());
            printed.map_err(|failure| failure.after("the batch has run and its results are written"))?;
        } else if self.json {
            say_json(&summary.json());
        } else {
            say(&summary.text());
        }
        match exit_code(end, &tally) {
            0 => Ok(()),
            code => Err(Failure::Told(code)),
        }
    }

    /// The results could not be written where they belong: says how to get at them.
    fn unwritten(&self, error: &io::Error, journal: &Finished) -> Failure {
        let place = self.target.path().map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
        say(&format!("error: can't write the results to {place}: {error}\n"));
        if let Some(path) = &self.journal_path {
            let path = path.display();
            say(&format!(
                "Nothing is lost: it is all in {path}. The same command with --resume and another --output FILE writes them.\n"
            ));
        } else {
            let rescue = || {
                let mut file = tempfile::Builder::new().prefix("results-").tempfile()?;
                results::write(&self.table, journal, &self.redactor, &mut file)?;
                io::Result::Ok(file.keep()?.1)
            };
            match rescue() {
                Ok(path) => say(&format!("Nothing is lost: the results are in {}.\n", path.display())),
                Err(error) => say(&format!("They could not be saved elsewhere either: {error}\n")),
            }
        }
        Failure::Told(UNWRITTEN)
    }
}

fn exit_code(end: &End, tally: &Tally) -> u8 {
    match end {
        End::Stopped => INTERRUPTED,
        End::GaveUp(_) => GAVE_UP,
        End::Broken(_) => UNWRITTEN,
        End::Through if tally.done == tally.rows => 0,
        End::Through => ROWS_FAILED,
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn name_of(input: &Path) -> String {
    if is_stdin(input) {
        return "standard input".to_owned();
    }
    input.file_name().unwrap_or(input.as_os_str()).to_string_lossy().into_owned()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
