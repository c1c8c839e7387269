//! The virtual object whose handlers are the plugin's actions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use plugin_host_core::description::{ActionDescription, Description};
use plugin_host_core::error::{ActionError, Effect, ErrorKind, Retry};
use plugin_host_core::idempotency::{self, Filled};
use plugin_host_core::queue::Queue;
use plugin_host_core::retry::Repetition;
use plugin_host_core::verify::Finding;
use restate_sdk::endpoint::{ContextInternal, Error};
use restate_sdk::errors::{HandlerError, TerminalError};
use restate_sdk::prelude::RunFuture;
use restate_sdk::service::macro_support::{ServiceBoxFuture, service_definition};
use restate_sdk::service::{IntoServiceDefinition, Service, ServiceDefinition};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::failure::Next;
use super::key::Key;
use super::{discovery, failure, input};
use crate::audit::{Audit, Face, Who};
use crate::web::metrics::{self, Metrics};

/// How many connections an error names.
const NAMES_SHOWN: usize = 10;

/// Is recorded before an attempt that must not be made twice. No output is like it, as they are JSON.
const BEGUN: &[u8] = b"begun";
/// What the step after it is called.
const SINGLE: &str = "once";
/// What the step is called that tells whether a call was made.
const LOOK_UP: &str = "look_up";

/// A plugin's actions with connections.
///
/// The SDK's macros make such types from handlers known when they are compiled. A plugin's actions
/// are known when it is loaded, so this does by hand what the macros do, and like them it needs
/// [`service_definition`], which the SDK keeps for generated code.
pub struct Object {
    discovery: restate_sdk::discovery::Service,
    handlers: Arc<Handlers>,
}

struct Handlers {
    actions: BTreeMap<String, ActionDescription>,
    connections: BTreeMap<String, Queue>,
    /// Ends calls that wait, when this process is to end.
    stop: CancellationToken,
    metrics: Metrics,
    audit: Audit,
}

impl Object {
    /// The actions, with connections by name. `stop` sends back to Restate what has not begun.
    ///
    /// # Errors
    /// If Restate can't take the plugin as it describes itself.
    pub fn new(
        description: &Description,
        connections: BTreeMap<String, Queue>,
        stop: CancellationToken,
        metrics: Metrics,
        audit: Audit,
    ) -> Result<Self, String> {
        let discovery = discovery::object(description)?;
        let actions = description.actions.iter().map(|action| (action.name.clone(), action.clone())).collect();
        Ok(Self { discovery, handlers: Arc::new(Handlers { actions, connections, stop, metrics, audit }) })
    }
}

impl IntoServiceDefinition for Object {
    fn into_service_definition(self) -> ServiceDefinition {
        service_definition(Dispatcher(self.handlers), self.discovery)
    }
}

struct Dispatcher(Arc<Handlers>);

impl Service for Dispatcher {
    type Future = ServiceBoxFuture;

    fn handle(&self, context: ContextInternal) -> Self::Future {
        let handlers = self.0.clone();
        Box::pin(async move {
            let Some(action) = handlers.actions.get(context.handler_name()) else {
                return Err(Error::unknown_handler(context.service_name(), context.handler_name()));
            };
            let (input, metadata) = context.input::<Vec<u8>>().await;
            let invocation = &metadata.invocation_id;
            let call = Call { context: &context, action, key: &metadata.key, input: &input, invocation };
            let outcome = handlers.perform(&call).await;
            context.handle_handler_result(outcome);
            context.end();
            Ok(())
        })
    }
}

/// What is asked for.
struct Call<'a> {
    context: &'a ContextInternal,
    action: &'a ActionDescription,
    key: &'a str,
    input: &'a [u8],
    /// What Restate calls it: the same for all its attempts, on whichever replica.
    invocation: &'a str,
}

impl Call<'_> {
    /// Whether a failure of it is looked up before anything else is done.
    fn is_looked_up(&self, error: &ActionError) -> bool {
        let is_read = Repetition::of(self.action) == Repetition::Read;
        self.action.verify.is_some() && !is_read && error.effect == Effect::Unknown
    }
}

/// How an attempt ends that must not be made twice; `retry` is what may follow if it has no effect.
fn single(call: &Call<'_>, error: &ActionError, retry: Retry) -> TerminalError {
    match call.is_looked_up(error) {
        true => failure::to_be_looked_up(&ActionError { retry, ..error.clone() }),
        false => failure::of_single_attempt(error),
    }
}

impl Handlers {
    /// Makes a call, as often as it takes.
    ///
    /// A call may begin in one process and go on in another, with other connections and another
    /// version of the plugin. So whatever these decide is decided within a step, whose result is
    /// recorded; what follows depends on recorded results alone. Otherwise a replay would do other
    /// steps than those of the journal, and fail for ever.
    async fn perform(&self, call: &Call<'_>) -> Result<Vec<u8>, HandlerError> {
        let mut repetition = 0;
        let mut doubt = None;
        loop {
            let outcome = match &doubt {
                None => self.attempt(call).await,
                Some(failed) => self.look_up(call, failed).await,
            };
            let failed = match outcome {
                Ok(output) => return Ok(output),
                Err(failed) => failed,
            };
            let wait = match failure::next(&failed, repetition) {
                Next::End => return Err(failed.into()),
                Next::Attempt(wait) => {
                    doubt = None;
                    wait
                }
                Next::LookUp(wait) => {
                    doubt = Some(failed);
                    wait
                }
            };
            if wait.is_zero() {
                continue;
            }
            tokio::select! {
                slept = call.context.sleep(wait) => slept?,
                // It is Restate that keeps the time: another replica goes on when it has come.
                () = self.stop.cancelled() => return Err(HandlerError::from("This replica ended during the wait.")),
            }
            repetition += 1;
        }
    }

    /// A step that is the attempt, if it may be made again after a process ended in the middle. If it
    /// must not, the step records that it begins, and another one makes it.
    async fn attempt(&self, call: &Call<'_>) -> Result<Vec<u8>, TerminalError> {
        let begun_here = AtomicBool::new(false);
        let attempt = || async {
            let (queue, input) = self.prepared(call)?;
            if !Repetition::of(call.action).is_harmless() {
                begun_here.store(true, Ordering::Relaxed);
                return Ok(BEGUN.to_vec());
            }
            self.made(call, queue, input).await.map_err(|error| self.failed(call, &error))
        };
        let step = call.context.run(attempt).name(&call.action.name).retry_policy(failure::retry_policy());
        let output = step.await?;
        if output != BEGUN {
            return Ok(output);
        }
        let attempt = || async {
            // It was begun elsewhere or before, and its end is not recorded.
            if !begun_here.load(Ordering::Relaxed) {
                return Err(single(call, &failure::interrupted(), Retry::Later).into());
            }
            let (queue, input) = self.prepared(call)?;
            self.made(call, queue, input).await.map_err(|error| HandlerError::from(single(call, &error, error.retry)))
        };
        call.context.run(attempt).name(SINGLE).await
    }

    /// A step that looks up whether a failed attempt was made all the same. What it comes to is the
    /// attempt's: an output, or its error with what is known of its effect now.
    async fn look_up(&self, call: &Call<'_>, failed: &TerminalError) -> Result<Vec<u8>, TerminalError> {
        let look = || async {
            let error = failure::looked_up(failed);
            let finding = match (self.prepare(call), &call.action.verify) {
                (Err(unprepared), _) => Finding::Unclear(format!("It could not be looked up: {}", unprepared.message)),
                (Ok(_), None) => {
                    Finding::Unclear("It can't be looked up any more: the plugin does not say how.".to_owned())
                }
                (Ok((queue, input)), Some(verify)) => {
                    match queue.look_up(&call.action.name, &input, self.stop.clone()).await {
                        Some(Ok(finding)) => finding,
                        Some(Err(read)) => match (read.retry, read.retry_after_s) {
                            (Retry::Later, Some(wait)) => return Err(failure::to_be_looked_up_in(wait, &error).into()),
                            (Retry::Later, None) => return Err(self.failed(call, &read)),
                            (Retry::Never, _) => Finding::of_failure(verify, &read),
                        },
                        None => Finding::Unclear("It can't be looked up.".to_owned()),
                    }
                }
            };
            let settled = finding.settle(Box::new(error)).map(String::into_bytes);
            settled.map_err(|error| HandlerError::from(failure::terminal(&Repetition::of(call.action).settle(*error))))
        };
        call.context.run(look).name(LOOK_UP).retry_policy(failure::retry_policy()).await
    }

    /// Whom to call, and with what.
    fn prepare(&self, call: &Call<'_>) -> Result<(&Queue, String), Box<ActionError>> {
        let key = Key::parse(call.key, call.action)?;
        let queue = self.connections.get(key.connection).ok_or_else(|| self.unknown_connection())?;
        let input = input::filled(call.action, &key, call.input)?;
        let filled = Filled::of(call.action, &input, || idempotency::Key::derived(["restate", call.invocation]));
        Ok((queue, filled.map_or(input, |filled| filled.input)))
    }

    /// The same for an attempt, whose refusal is the end of it.
    fn prepared(&self, call: &Call<'_>) -> Result<(&Queue, String), TerminalError> {
        self.prepare(call).map_err(|error| {
            let audited = self.audit.begin(Face::Restate, Who::Anybody);
            audited.key(Sha256::digest(call.invocation).into());
            audited.ended(error.kind.word());
            failure::terminal(&error)
        })
    }

    async fn made(&self, call: &Call<'_>, queue: &Queue, input: String) -> Result<Vec<u8>, Box<ActionError>> {
        let (action, stop) = (&call.action.name, self.stop.clone());
        let audited = self.audit.begin(Face::Restate, Who::Anybody);
        audited.names(queue.connected(), action);
        audited.key(Sha256::digest(call.invocation).into());
        let begun = Instant::now();
        let outcome = match &call.action.verify {
            None => queue.call_noted(action, input, stop, audited.before()).await,
            // It is looked up by a step of its own.
            Some(_) => queue.attempt(action, input, stop, audited.before()).await,
        };
        let ended = metrics::outcome(outcome.as_ref().err().map(|error| &error.kind));
        self.metrics.call(queue, action, ended, begun.elapsed());
        audited.ended(ended);
        outcome.map(String::into_bytes)
    }

    fn failed(&self, call: &Call<'_>, error: &ActionError) -> HandlerError {
        // An attempt that this process broke off as it ended is not the plugin's failure.
        if error.kind == ErrorKind::Internal && self.stop.is_cancelled() {
            return HandlerError::from("This replica ended during the attempt.");
        }
        if call.is_looked_up(error) {
            return failure::to_be_looked_up(error).into();
        }
        failure::of_attempt(error)
    }

    fn unknown_connection(&self) -> Box<ActionError> {
        let names: Vec<_> = self.connections.keys().take(NAMES_SHOWN).map(String::as_str).collect();
        let more = if self.connections.len() > NAMES_SHOWN { ", …" } else { "" };
        let known = names.join(", ");
        let message =
            format!("The object's key begins with no connection of this host. Its connections: {known}{more}.");
        Box::new(ActionError::invalid_input(message))
    }
}
