//! What a plugin tells of by itself, said once: a trigger, by poll or webhook.

pub mod changes;
pub mod event;
pub mod poll;
#[cfg(feature = "hmac-sha256")]
pub mod standard;
pub mod subscription;
pub mod webhook;

use crate::action::Condition;
use crate::call::Call;
use crate::error::{Error, Kind};
use crate::field::Field;
use crate::json::{Members, Object};

pub use changes::{Asked, Change};
pub use event::Event;
pub use poll::{Page, Poll, Start};
#[cfg(feature = "hmac-sha256")]
pub use standard::StandardWebhooks;
pub use subscription::{Subscribe, Subscription, Unsubscribe};
pub use webhook::{Received, Scheme, Webhook};

/// Something that happens at the service, of which the plugin tells.
#[derive(Clone, Copy)]
pub struct Trigger {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) delivery: Delivery,
    pub(crate) input: &'static [Field],
    pub(crate) event: &'static [Field],
    pub(crate) event_title: &'static str,
    pub(crate) sample: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) confirm: Option<Confirm>,
    pub(crate) signature: Option<&'static dyn Scheme>,
    pub(crate) subscription: Option<Calls>,
    // Set where the trigger is made, so that a module links the ways that its triggers go, and no other.
    pub(crate) deliver: fn(&Trigger, &Call, &Members) -> Result<Object, Error>,
    pub(crate) calls: fn(&Trigger, &Call, &Members, Subscribing) -> Result<Object, Error>,
}

/// How the plugin comes to know.
#[derive(Clone, Copy)]
pub(crate) enum Delivery {
    Poll(poll::Run),
    Webhook(webhook::Run),
}

/// The calls by which a service is told where to send its webhooks, and the names of their exports.
#[derive(Clone, Copy)]
pub(crate) struct Calls {
    pub subscribe: subscription::SubscribeRun,
    pub unsubscribe: subscription::UnsubscribeRun,
    pub exports: (&'static str, &'static str),
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subscribing {
    Begin,
    End,
}

/// The read by which a host makes sure of an event that came by a webhook, before it hands it on:
/// for a service whose signature does not cover what matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// The action.
    pub action: &'static str,
    /// Its fields, each with the member of the event's data that it is taken from.
    pub arguments: &'static [(&'static str, &'static str)],
    /// What has to hold of its output. [`Condition::IsField`] names a member of the event's data.
    pub holds: &'static [Condition],
}

impl Trigger {
    const fn new(
        name: &'static str,
        title: &'static str,
        description: &'static str,
        delivery: Delivery,
        deliver: fn(&Trigger, &Call, &Members) -> Result<Object, Error>,
    ) -> Self {
        Self {
            name,
            title,
            description,
            delivery,
            input: &[],
            event: &[],
            event_title: title,
            sample: "{}",
            docs: "",
            confirm: None,
            signature: None,
            subscription: None,
            deliver,
            calls: no_calls,
        }
    }

    /// A trigger that a host asks for from time to time. Its description begins with "Triggers when".
    pub const fn poll(name: &'static str, title: &'static str, description: &'static str, run: poll::Run) -> Self {
        Self::new(name, title, description, Delivery::Poll(run), by_poll)
    }

    /// A trigger of which the service tells by a request. Its description begins with "Triggers when".
    pub const fn webhook(
        name: &'static str,
        title: &'static str,
        description: &'static str,
        run: webhook::Run,
    ) -> Self {
        Self::new(name, title, description, Delivery::Webhook(run), by_webhook)
    }

    /// The fields by which a person narrows down what it triggers on.
    #[must_use]
    pub const fn input(mut self, fields: &'static [Field]) -> Self {
        self.input = fields;
        self
    }

    /// What the event's data is called, its members, and an example of it: a JSON object.
    #[must_use]
    pub const fn event(mut self, title: &'static str, fields: &'static [Field], sample: &'static str) -> Self {
        self.event_title = title;
        self.event = fields;
        self.sample = sample;
        self
    }

    /// What a person does to set it up, in whole sentences. A webhook needs it unless the plugin can
    /// subscribe by itself; the host says at which address it listens.
    #[must_use]
    pub const fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// The read by which the host makes sure of an event.
    #[must_use]
    pub const fn confirm(mut self, confirm: Confirm) -> Self {
        self.confirm = Some(confirm);
        self
    }

    /// How the service signs its webhooks, if that is one of the ways that the kit knows: the kit then
    /// lets nothing through that is not signed so.
    #[must_use]
    pub const fn signed(mut self, scheme: &'static dyn Scheme) -> Self {
        self.signature = Some(scheme);
        self
    }

    /// The calls by which the service is told where to send its webhooks.
    /// [`plugin!`](crate::plugin) names their exports.
    #[must_use]
    pub const fn subscribe(
        mut self,
        subscribe: subscription::SubscribeRun,
        unsubscribe: subscription::UnsubscribeRun,
    ) -> Self {
        self.subscription = Some(Calls { subscribe, unsubscribe, exports: ("", "") });
        self.calls = by_calls;
        self
    }

    /// # Panics
    /// At compile time, if the trigger has no calls to subscribe.
    #[doc(hidden)]
    #[must_use]
    pub const fn exported(mut self, subscribe: &'static str, unsubscribe: &'static str) -> Self {
        match &mut self.subscription {
            Some(calls) => calls.exports = (subscribe, unsubscribe),
            None => panic!("plugin! names exports to subscribe, and the trigger has no calls for them"),
        }
        self
    }

    /// Its name, which is also its export's.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

fn by_poll(trigger: &Trigger, call: &Call, given: &Members) -> Result<Object, Error> {
    let Delivery::Poll(run) = trigger.delivery else { return Err(misdirected()) };
    poll::deliver(run, call, given)
}

fn by_webhook(trigger: &Trigger, call: &Call, given: &Members) -> Result<Object, Error> {
    let Delivery::Webhook(run) = trigger.delivery else { return Err(misdirected()) };
    webhook::deliver(run, trigger.signature, call, given)
}

fn by_calls(trigger: &Trigger, call: &Call, given: &Members, which: Subscribing) -> Result<Object, Error> {
    let calls = trigger.subscription.ok_or_else(misdirected)?;
    match which {
        Subscribing::Begin => subscription::begin(calls.subscribe, call, given),
        Subscribing::End => subscription::end(calls.unsubscribe, call, given),
    }
}

fn no_calls(_: &Trigger, _: &Call, _: &Members, _: Subscribing) -> Result<Object, Error> {
    Err(misdirected())
}

#[cold]
#[inline(never)]
fn misdirected() -> Error {
    Error::new(Kind::Internal, "The trigger has no such call.")
}
