//! Calls a plugin, and watches every call for what no call may do.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugin_host_core::conformance::Conformance;
use plugin_host_core::description::{Delivery, Description};
use plugin_host_core::engine::{DEFAULT_PAGES, FUEL, PAGE};
use plugin_host_core::error::ActionError;
use plugin_host_core::http::{Failure, NoResponse, Response};
use plugin_host_core::runner::Connected;
use plugin_host_core::schema;
use plugin_host_core::trial::{Answer, Ending, Trial, Trials};
use plugin_host_core::{Connection, Runner};
use serde_json::Value;

use super::findings::Findings;
use super::rule::{COST, ERROR_CODE, ERROR_DOCUMENT, EVENT, HINTS, ORIGIN, OUTPUT, SECRET, TRAP};

/// Half of what a call may take of a host is much: units of fuel, and bytes.
const MUCH_FUEL: u64 = FUEL / 2;
const MUCH_MEMORY: usize = DEFAULT_PAGES as usize * PAGE / 2;
/// What stands for a secret, where nobody gives one: no text has it by chance.
const SECRET_VALUE: &str = "MadeUpSecret0123456789abcdefMadeUpSecret";
/// What stands for an address.
const ADDRESS: &str = "https://service.example";

/// A plugin, with what its answers are held against.
pub struct Plugin {
    runner: Runner,
    conformance: Conformance,
}

/// What an export is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An action that only reads.
    Read,
    /// An action that changes something.
    Write,
    /// The check of a connection.
    Check,
    /// A trigger that is asked.
    Poll,
    /// A trigger that is told.
    Webhook,
}

/// A call of an export.
#[derive(Debug, Clone)]
pub struct Call {
    /// The export.
    pub export: String,
    /// What it is for.
    pub kind: Kind,
    /// What it is given.
    pub input: String,
}

/// Calls with one connection.
pub struct Bench<'a> {
    /// The plugin.
    pub plugin: &'a Plugin,
    /// The connection.
    pub connected: &'a Connected,
    /// Where what is found goes.
    pub findings: &'a mut Findings,
    trials: Trials<'a>,
}

impl Plugin {
    /// A plugin, whatever is wrong with its description.
    ///
    /// # Errors
    /// If one of its schemas is none.
    pub fn new(runner: Runner) -> Result<Self, String> {
        let conformance = Conformance::new(runner.description()).map_err(|error| error.to_string())?;
        Ok(Self { runner, conformance })
    }

    /// What it says of itself.
    pub fn description(&self) -> &Description {
        self.runner.description()
    }

    /// What it runs with.
    pub fn runner(&self) -> &Runner {
        &self.runner
    }

    /// It with a connection of these values. What it can't do without is made up.
    pub fn connected(&self, values: &BTreeMap<String, String>) -> Connected {
        self.runner.connect(Connection::new(self.values(values)))
    }

    /// The values of a connection, with those that are made up.
    fn values(&self, given: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut values = given.clone();
        for key in schema::fields(&self.description().connection.schema).filter(|key| key.required) {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let made_up = || {
                let example = text(&key.schema["examples"][0]).or_else(|| text(&key.schema["enum"][0]));
                let usual = if key.is_secret() { SECRET_VALUE } else { "made-up" };
                let usual = if key.has_format("uri") { ADDRESS } else { usual };
                example.unwrap_or_else(|| usual.to_owned())
            };
            values.entry(key.name.to_owned()).or_insert_with(made_up);
        }
        values
    }

    /// What an export is for; none if the description does not name it.
    pub fn kind(&self, export: &str) -> Option<Kind> {
        let description = self.description();
        if let Some(action) = description.action(export) {
            return Some(if action.annotations["readOnlyHint"] == true { Kind::Read } else { Kind::Write });
        }
        if export == description.connection.check {
            return Some(Kind::Check);
        }
        let trigger = description.triggers.iter().find(|trigger| trigger.name == export)?;
        Some(if trigger.delivery == Delivery::Poll { Kind::Poll } else { Kind::Webhook })
    }
}

/// Answers in their order, and what comes after them.
pub fn scripted(answers: Vec<Result<Response, NoResponse>>, then: Result<Response, NoResponse>) -> Answer {
    Arc::new(move |place, _| answers.get(place).unwrap_or(&then).clone())
}

/// A response without headers.
pub fn response(status: u16, body: impl Into<Vec<u8>>) -> Result<Response, NoResponse> {
    Ok(Response::of(status, BTreeMap::new(), body.into()))
}

/// There is no response.
pub fn failed(failure: Failure) -> Result<Response, NoResponse> {
    Err(failure.into())
}

impl<'a> Bench<'a> {
    /// Calls of a plugin with a connection.
    pub fn new(plugin: &'a Plugin, connected: &'a Connected, findings: &'a mut Findings) -> Self {
        Self { plugin, connected, findings, trials: Trials::new(connected) }
    }

    /// Makes a call, and notes what no call may do; `when` says in which circumstances.
    ///
    /// # Errors
    /// If there is no instance to call.
    pub fn run(&mut self, call: &Call, answer: Answer, when: &str) -> Result<Trial, String> {
        let trial = self.trials.run(&call.export, &call.input, answer).map_err(|error| error.to_string())?;
        self.watch(call, &trial, when);
        Ok(trial)
    }

    /// The same on an instance that no call has used.
    ///
    /// # Errors
    /// If there is none.
    pub fn run_anew(&mut self, call: &Call, answer: Answer, when: &str) -> Result<Trial, String> {
        self.trials = Trials::new(self.connected);
        self.run(call, answer, when)
    }

    /// What breaks a rule.
    pub fn add(&mut self, rule: &'static super::rule::Rule, call: &Call, what: &str, when: &str) {
        self.findings.add(rule, &call.export, what, when);
    }

    fn watch(&mut self, call: &Call, trial: &Trial, when: &str) {
        let cost = self.findings.costs.entry(call.export.clone()).or_default();
        (cost.fuel, cost.memory) = (cost.fuel.max(trial.seen.fuel), cost.memory.max(trial.seen.memory));
        cost.calls += 1;
        for rule in [&TRAP, &SECRET, &ORIGIN, &COST] {
            self.findings.tried(rule);
        }
        if trial.seen.fuel > MUCH_FUEL || trial.seen.memory > MUCH_MEMORY {
            let (fuel, mib) = (trial.seen.fuel, trial.seen.memory >> 20);
            self.add(&COST, call, &format!("takes much: {fuel} units of fuel, {mib} MiB"), when);
        }
        self.hints(call, trial, when);
        if let Some(why) = &trial.refused {
            self.add(&ORIGIN, call, &format!("makes a request that hosts refuse: {why}"), when);
        }
        let said = match &trial.ending {
            Ending::Trap(why) => {
                let why = trial.stopped().unwrap_or_else(|| why.clone());
                return self.add(&TRAP, call, &format!("stops in the middle: {why}"), when);
            }
            Ending::Error(document) => {
                self.error(call, trial, document, when);
                document
            }
            Ending::Output(output) => {
                self.output(call, output, when);
                output
            }
        };
        if self.connected.redactor().is_in(said.as_bytes()) {
            self.add(&SECRET, call, "says a secret of the connection", when);
        }
    }

    /// By some methods, nothing is only read or added.
    fn hints(&mut self, call: &Call, trial: &Trial, when: &str) {
        let Some(action) = self.plugin.description().action(&call.export) else { return };
        let says = match call.kind {
            Kind::Read => "readOnlyHint: true",
            _ if action.annotations["destructiveHint"] == false => "destructiveHint: false",
            _ => return,
        };
        self.findings.tried(&HINTS);
        // A PUT may well add something.
        let changes =
            |method: &str| matches!(method, "PATCH" | "DELETE") || (method == "PUT" && call.kind == Kind::Read);
        if let Some(request) = trial.requests.iter().find(|request| changes(&request.method)) {
            let what = format!("says {says}, and sends {}, which changes or removes what is there", request.method);
            self.add(&HINTS, call, &what, when);
        }
    }

    fn error(&mut self, call: &Call, trial: &Trial, document: &str, when: &str) {
        self.findings.tried(&ERROR_DOCUMENT);
        self.findings.tried(&ERROR_CODE);
        if trial.seen.code == Some(0) {
            self.add(&ERROR_CODE, call, "sets an error and returns 0: return another code with it", when);
        } else if !trial.seen.set_error {
            self.add(&ERROR_CODE, call, "returns a code other than 0 and sets no error: set one with it", when);
        }
        if let Err(why) = serde_json::from_str::<ActionError>(document) {
            return self.add(&ERROR_DOCUMENT, call, &format!("fails without an error document: {why}"), when);
        }
        if let Some(flaw) = self.plugin.conformance.error(document) {
            self.add(&ERROR_DOCUMENT, call, &flaw, when);
        }
    }

    fn output(&mut self, call: &Call, output: &str, when: &str) {
        self.findings.tried(&OUTPUT);
        let Ok(value) = serde_json::from_str::<Value>(output) else {
            return self.add(&OUTPUT, call, "answers with what is no JSON", when);
        };
        if let Some(flaw) = self.plugin.conformance.output(&call.export, output) {
            let rule = if matches!(call.kind, Kind::Poll | Kind::Webhook) { &EVENT } else { &OUTPUT };
            self.add(rule, call, &flaw, when);
        }
        match call.kind {
            Kind::Poll => {
                let is_page = value["nextCursor"].is_string() && value["hasMore"].is_boolean();
                if !is_page {
                    self.add(&OUTPUT, call, "gives a page without a text nextCursor and a boolean hasMore", when);
                }
                self.events(call, &value["events"], when);
            }
            Kind::Webhook => {
                if !value["response"]["status"].as_u64().is_some_and(|status| (200..600).contains(&status)) {
                    self.add(&OUTPUT, call, "gives no response with a status from 200 to 599", when);
                }
                self.events(call, &value["events"], when);
            }
            Kind::Read | Kind::Write | Kind::Check => {}
        }
    }

    fn events(&mut self, call: &Call, events: &Value, when: &str) {
        self.findings.tried(&EVENT);
        let Some(events) = events.as_array() else {
            return self.add(&OUTPUT, call, "gives no list of events", when);
        };
        if events.iter().any(|event| event["id"].as_str().is_none_or(str::is_empty)) {
            self.add(&EVENT, call, "tells of an event without an id", when);
        }
    }
}
