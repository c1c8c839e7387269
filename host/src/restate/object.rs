//! The virtual object whose handlers are the plugin's actions.

use std::collections::BTreeMap;
use std::sync::Arc;

use restate_sdk::endpoint::{ContextInternal, Error};
use restate_sdk::errors::HandlerError;
use restate_sdk::prelude::RunFuture;
use restate_sdk::service::macro_support::{ServiceBoxFuture, service_definition};
use restate_sdk::service::{IntoServiceDefinition, Service, ServiceDefinition};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::input::Checked;
use super::key::Key;
use super::{discovery, failure};
use crate::description::{ActionDescription, Description};
use crate::error::{ActionError, LoadError};
use crate::queue::Queue;

/// How many connections an error names.
const NAMES_SHOWN: usize = 10;

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
    actions: BTreeMap<String, Arc<Checked>>,
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
    ) -> Result<Self, LoadError> {
        let discovery = discovery::object(description)?;
        let checked = |action: &ActionDescription| Ok((action.name.clone(), Arc::new(Checked::new(action)?)));
        let actions = description.actions.iter().map(checked).collect::<Result<_, LoadError>>()?;
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
            let outcome = handlers.perform(&context, action, &metadata.key, &input).await;
            context.handle_handler_result(outcome);
            context.end();
            Ok(())
        })
    }
}

impl Handlers {
    async fn perform(
        &self,
        context: &ContextInternal,
        action: &Arc<Checked>,
        key: &str,
        input: &[u8],
    ) -> Result<Vec<u8>, HandlerError> {
        let (queue, input) = self.prepare(action, key, input).await?;
        let name = &action.action.name;
        let mut repetition = 0;
        loop {
            let attempt = || async {
                let outcome = queue.call(name, input.clone(), self.stop.clone()).await;
                outcome.map(String::into_bytes).map_err(|error| self.failed(&error))
            };
            let failed = match context.run(attempt).name(name).retry_policy(failure::retry_policy()).await {
                Ok(output) => return Ok(output),
                Err(failed) => failed,
            };
            let Some(wait) = failure::wait(&failed, repetition) else {
                return Err(failed.into());
            };
            context.sleep(wait).await?;
            repetition += 1;
        }
    }

    /// Whom to call, and with what, if it can be told that it will do.
    async fn prepare(&self, action: &Arc<Checked>, key: &str, input: &[u8]) -> Result<(&Queue, String), HandlerError> {
        let refused = |error: Box<ActionError>| failure::terminal(&error);
        let key = Key::parse(key, &action.action).map_err(refused)?;
        let queue = self.connections.get(key.connection).ok_or_else(|| refused(self.unknown_connection()))?;
        let input = action.fill(&key, input).map_err(refused)?;
        let text = input.to_string();
        let (action, connection) = (action.clone(), queue.clone());
        let check = spawn_blocking(move || action.check(connection.connected(), &input));
        // A panic, or this process is about to end: another one can do better.
        check.await?.map_err(refused)?;
        Ok((queue, text))
    }

    fn failed(&self, error: &ActionError) -> HandlerError {
        // An attempt that this process broke off as it ended is not the plugin's failure.
        if error.kind == "internal" && self.stop.is_cancelled() {
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
