//! A connection's triggers: as calls, behind the same slots, rate and breaker.

use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Queue;
use super::attempts::{Export, Work, nothing};
use crate::description::{Delivery, TriggerDescription};
use crate::error::{ActionError, ErrorKind};
use crate::json;
use crate::redact::MASK;
use crate::retry::Repetition;
use crate::trigger::{
    Confirmation, Event, PollInput, PollPage, Subscribe, Subscription, WebhookAnswer, WebhookRequest,
};
use crate::verify;

impl Queue {
    /// Asks a poll trigger for events.
    ///
    /// # Errors
    /// The contract's error document; `internal`, if the answer breaks the contract.
    pub async fn poll(
        &self,
        trigger: &str,
        asked: &PollInput,
        cancel: CancellationToken,
    ) -> Result<PollPage, Box<ActionError>> {
        self.told_by(trigger, Delivery::Poll)?;
        let input = serde_json::to_string(asked).unwrap_or_default();
        let output = self.of_trigger(trigger, trigger, input, None, Repetition::Read, cancel).await?;
        self.read(trigger, PollPage::read(trigger, &output, asked))
    }

    /// Hands a request of the service to a webhook trigger, once: the service waits, and repeats it. As
    /// that asks nobody, it keeps no rate, and is done though the service does not answer.
    /// `input` is JSON of the trigger's `inputSchema`, `secret` that of its subscription, and `now` UNIX
    /// seconds.
    ///
    /// # Errors
    /// The contract's error document; `internal`, if the answer breaks the contract.
    pub async fn webhook(
        &self,
        trigger: &str,
        input: &RawValue,
        request: &WebhookRequest,
        secret: Option<&str>,
        now: i64,
        cancel: CancellationToken,
    ) -> Result<WebhookAnswer, Box<ActionError>> {
        self.told_by(trigger, Delivery::Webhook)?;
        let export = Export::Trigger {
            trigger: trigger.to_owned(),
            export: trigger.to_owned(),
            secret: secret.map(str::to_owned),
        };
        let work =
            Work { once: true, asks: false, ..Work::of(export, request.input(input, secret, now), Repetition::Read) };
        let output = self.made(work, cancel).await?;
        self.read(trigger, WebhookAnswer::read(trigger, &output))
    }

    /// Makes sure of an event, by the read that its trigger names; an event of a trigger that names none
    /// is taken as it is.
    pub async fn confirm(&self, trigger: &str, event: &Event, cancel: CancellationToken) -> Confirmation {
        let confirm = match self.0.connected.trigger(trigger) {
            Ok(trigger) => trigger.confirm.as_ref(),
            Err(error) => return Confirmation::Failed(error),
        };
        let Some(confirm) = confirm else { return Confirmation::Holds };
        let known = json::object(event.data.get().as_bytes()).unwrap_or_default();
        let input = verify::arguments(&confirm.arguments, &known);
        match self.call(&confirm.action, input, cancel).await {
            Ok(found) => match verify::unmet(&confirm.holds, &known, &found) {
                None => Confirmation::Holds,
                Some(condition) => {
                    let (read, at) = (&confirm.action, &condition.pointer);
                    Confirmation::Refuted(format!("{read} tells otherwise at {at}."))
                }
            },
            Err(error) if error.kind == ErrorKind::NotFound => {
                Confirmation::Refuted(format!("{} does not find it: {}", confirm.action, error.message))
            }
            Err(error) => Confirmation::Failed(error),
        }
    }

    /// Tells the service where to send a trigger's webhooks. None if the trigger has no call for that.
    ///
    /// # Errors
    /// The contract's error document; `internal`, if the answer breaks the contract.
    pub async fn subscribe(
        &self,
        trigger: &str,
        subscribe: &Subscribe,
        cancel: CancellationToken,
    ) -> Result<Option<Subscription>, Box<ActionError>> {
        let Some(export) = &self.told_by(trigger, Delivery::Webhook)?.subscribe else { return Ok(None) };
        let input = serde_json::to_string(subscribe).unwrap_or_default();
        let secret = Some(subscribe.secret.clone());
        let output = self.of_trigger(trigger, export, input, secret, Repetition::Idempotent, cancel).await?;
        let mut made = self.read(trigger, Subscription::read(export, &output))?;
        // The host's own comes back masked, as every secret that a call knows.
        made.secret = made.secret.filter(|secret| secret != MASK);
        Ok(Some(made))
    }

    /// Tells the service that it may stop; a subscription that is not there any more is ended, too.
    /// `input` is JSON of the trigger's `inputSchema`.
    ///
    /// # Errors
    /// The contract's error document.
    pub async fn unsubscribe(
        &self,
        trigger: &str,
        input: &RawValue,
        subscription: &str,
        cancel: CancellationToken,
    ) -> Result<(), Box<ActionError>> {
        let Some(export) = &self.told_by(trigger, Delivery::Webhook)?.unsubscribe else { return Ok(()) };
        let mut given = json::Object::default();
        given.set_raw("input", input.to_owned());
        given.set("subscription", subscription);
        let ended = self.of_trigger(trigger, export, given.to_string(), None, Repetition::Idempotent, cancel).await;
        match ended {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The trigger of that name, if it is told so.
    fn told_by(&self, trigger: &str, delivery: Delivery) -> Result<&TriggerDescription, Box<ActionError>> {
        let trigger = self.0.connected.trigger(trigger)?;
        if trigger.delivery == delivery {
            return Ok(trigger);
        }
        let (is, asked) = (trigger.delivery.as_str(), delivery.as_str());
        let message = format!("{} is told by {is}, and not by {asked}.", trigger.name);
        Err(Box::new(ActionError::invalid_input(message)))
    }

    async fn of_trigger(
        &self,
        trigger: &str,
        export: &str,
        input: String,
        secret: Option<String>,
        repetition: Repetition,
        cancel: CancellationToken,
    ) -> Result<String, Box<ActionError>> {
        let export = Export::Trigger { trigger: trigger.to_owned(), export: export.to_owned(), secret };
        self.made(Work::of(export, input, repetition), cancel).await
    }

    /// Tells of an answer that breaks the contract, as of every attempt that fails.
    fn read<T>(&self, trigger: &str, read: Result<T, Box<ActionError>>) -> Result<T, Box<ActionError>> {
        if let Err(error) = &read {
            let (connection, kind) = (self.0.connected.name(), error.kind.as_str());
            warn!(connection, trigger, kind, "{}", error.message);
        }
        read
    }

    async fn made(&self, work: Work, cancel: CancellationToken) -> Result<String, Box<ActionError>> {
        let repetition = work.repetition;
        let outcome = self.0.clone().run(work, None, nothing(), cancel).await;
        outcome.map_err(|error| Box::new(repetition.settle(*error)))
    }
}
