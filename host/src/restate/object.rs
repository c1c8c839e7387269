//! The virtual object whose handlers are the plugin's actions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plugin_host_core::description::{ActionDescription, Description};
use plugin_host_core::error::{ActionError, ErrorKind};
use plugin_host_core::queue::Queue;
use plugin_host_core::retry::Repetition;
use restate_sdk::endpoint::{ContextInternal, Error};
use restate_sdk::errors::{HandlerError, TerminalError};
use restate_sdk::prelude::RunFuture;
use restate_sdk::service::macro_support::{ServiceBoxFuture, service_definition};
use restate_sdk::service::{IntoServiceDefinition, Service, ServiceDefinition};
use tokio_util::sync::CancellationToken;

use super::key::Key;
use super::{discovery, failure, input};

/// How many connections an error names.
const NAMES_SHOWN: usize = 10;

/// Is recorded before an attempt that must not be made twice. No output is like it, as they are JSON.
const BEGUN: &[u8] = b"begun";
/// What the step after it is called.
const SINGLE: &str = "once";

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
    ) -> Result<Self, String> {
        let discovery = discovery::object(description)?;
        let actions = description.actions.iter().map(|action| (action.name.clone(), action.clone())).collect();
        Ok(Self { discovery, handlers: Arc::new(Handlers { actions, connections, stop }) })
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
            let call = Call { context: &context, action, key: &metadata.key, input: &input };
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
        loop {
            let failed = match self.attempt(call).await {
                Ok(output) => return Ok(output),
                Err(failed) => failed,
            };
            let Some(wait) = failure::wait(&failed, repetition) else {
                return Err(failed.into());
            };
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
            let (queue, input) = self.prepare(call).map_err(|error| failure::terminal(&error))?;
            if !Repetition::of(call.action).is_harmless() {
                begun_here.store(true, Ordering::Relaxed);
                return Ok(BEGUN.to_vec());
            }
            self.made(call, queue, input).await.map_err(|error| self.failed(&error))
        };
        let step = call.context.run(attempt).name(&call.action.name).retry_policy(failure::retry_policy());
        let output = step.await?;
        if output != BEGUN {
            return Ok(output);
        }
        let attempt = || async {
            // It was begun elsewhere or before, and its end is not recorded.
            if !begun_here.load(Ordering::Relaxed) {
                return Err(failure::interrupted().into());
            }
            let (queue, input) = self.prepare(call).map_err(|error| failure::terminal(&error))?;
            self.made(call, queue, input).await.map_err(|error| HandlerError::from(failure::of_single_attempt(&error)))
        };
        call.context.run(attempt).name(SINGLE).await
    }

    /// Whom to call, and with what.
    fn prepare(&self, call: &Call<'_>) -> Result<(&Queue, String), Box<ActionError>> {
        let key = Key::parse(call.key, call.action)?;
        let queue = self.connections.get(key.connection).ok_or_else(|| self.unknown_connection())?;
        Ok((queue, input::filled(call.action, &key, call.input)?))
    }

    async fn made(&self, call: &Call<'_>, queue: &Queue, input: String) -> Result<Vec<u8>, Box<ActionError>> {
        let output = queue.call(&call.action.name, input, self.stop.clone()).await?;
        Ok(output.into_bytes())
    }

    fn failed(&self, error: &ActionError) -> HandlerError {
        // An attempt that this process broke off as it ended is not the plugin's failure.
        if error.kind == ErrorKind::Internal && self.stop.is_cancelled() {
            return HandlerError::from("This replica ended during the attempt.");
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
