//! What a plugin can do, said once.

use crate::call::Call;
use crate::error::Error;
use crate::field::{Field, Refusals, Refused};
use crate::json::Object;

/// What an action does when it is called: its output, or why there is none.
pub type Run = fn(&Call) -> Result<Object, Error>;

/// Something that the plugin can do.
#[derive(Clone, Copy)]
pub struct Action {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) kind: Kind,
    pub(crate) idempotency: Idempotency,
    pub(crate) subject: Option<(&'static str, &'static str)>,
    pub(crate) input: &'static [Field],
    pub(crate) output: &'static [Field],
    pub(crate) output_title: &'static str,
    pub(crate) examples: &'static [Example],
    pub(crate) refuses: Refusals,
    pub(crate) verify: Option<Verify>,
    pub(crate) limits: &'static [Limit],
    pub(crate) deprecated: Option<(&'static str, &'static str)>,
    pub(crate) unsigned: &'static [&'static str],
    pub(crate) run: Run,
}

/// What an action does to its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Create,
    Change,
}

/// What a repeat of a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// It leaves things as one call does.
    Natural,
    /// The service knows repeats by a key in this field, which the host fills.
    Key(&'static str),
    /// It does the same thing once more.
    None,
}

/// An input with the output that it leads to, each a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// The input.
    pub input: &'static str,
    /// The output.
    pub output: &'static str,
}

/// The read that tells, after a call whose effect is not known, whether it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verify {
    /// The action.
    pub action: &'static str,
    /// Its fields, each with the field of this action's input that it is taken from.
    pub arguments: &'static [(&'static str, &'static str)],
    /// What holds of its output if the call has happened.
    pub done: &'static [Condition],
    /// What holds of its output if it has not.
    pub undone: &'static [Condition],
}

/// A condition on an output: a JSON pointer, and what has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// This JSON value.
    Is(&'static str, &'static str),
    /// The value of this field of the input; for a [`Confirm`](crate::Confirm), of this member of the event's
    /// data.
    IsField(&'static str, &'static str),
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// Seconds.
    pub per_s: u32,
}

impl Action {
    const fn new(name: &'static str, title: &'static str, description: &'static str, kind: Kind, run: Run) -> Self {
        Self {
            name,
            title,
            description,
            kind,
            idempotency: match kind {
                Kind::Read => Idempotency::Natural,
                Kind::Create | Kind::Change => Idempotency::None,
            },
            subject: None,
            input: &[],
            output: &[],
            output_title: title,
            examples: &[],
            refuses: Refusals::of(&[]),
            verify: None,
            limits: &[],
            deprecated: None,
            unsigned: &[],
            run,
        }
    }

    /// An action that changes nothing. It may always be repeated, and its failures have no effect.
    pub const fn read(name: &'static str, title: &'static str, description: &'static str, run: Run) -> Self {
        Self::new(name, title, description, Kind::Read, run)
    }

    /// An action that adds something and changes nothing that was there.
    pub const fn create(name: &'static str, title: &'static str, description: &'static str, run: Run) -> Self {
        Self::new(name, title, description, Kind::Create, run)
    }

    /// An action that changes or removes what was there: agents ask first.
    pub const fn change(name: &'static str, title: &'static str, description: &'static str, run: Run) -> Self {
        Self::new(name, title, description, Kind::Change, run)
    }

    /// What a repeat does. Without it, a repeat does the same thing once more, and no host makes one
    /// after a call whose effect it does not know.
    #[must_use]
    pub const fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// The field that names what the action changes, and what that is called: `("bill_id",
    /// "order")`. Two calls on one subject never run at once, and keep their order.
    #[must_use]
    pub const fn subject(mut self, field: &'static str, thing: &'static str) -> Self {
        self.subject = Some((field, thing));
        self
    }

    /// The fields of the input, in the order of a form.
    #[must_use]
    pub const fn input(mut self, fields: &'static [Field]) -> Self {
        self.input = fields;
        self
    }

    /// What the output is called, and its members.
    #[must_use]
    pub const fn output(mut self, title: &'static str, fields: &'static [Field]) -> Self {
        self.output_title = title;
        self.output = fields;
        self
    }

    /// Inputs with the outputs they lead to.
    #[must_use]
    pub const fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// Whole inputs that are refused, and why. No module carries them.
    #[must_use]
    pub const fn refuses(mut self, cases: &'static [Refused]) -> Self {
        self.refuses = Refusals::of(cases);
        self
    }

    /// The read that tells whether a call has happened.
    #[must_use]
    pub const fn verify(mut self, verify: Verify) -> Self {
        self.verify = Some(verify);
        self
    }

    /// How often the service lets this action be called.
    #[must_use]
    pub const fn limits(mut self, limits: &'static [Limit]) -> Self {
        self.limits = limits;
        self
    }

    /// Since which version it should not be used any more, and what instead.
    #[must_use]
    pub const fn deprecated(mut self, since: &'static str, instead: &'static str) -> Self {
        self.deprecated = Some((since, instead));
        self
    }

    /// The members of a read's output that nothing vouches for, where the service signs the rest.
    #[must_use]
    pub const fn unsigned(mut self, members: &'static [&'static str]) -> Self {
        self.unsigned = members;
        self
    }

    /// Its name, which is also its export's.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it changes nothing.
    pub fn is_read(&self) -> bool {
        self.kind == Kind::Read
    }
}
