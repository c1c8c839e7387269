//! What a caller may do, and with which connections.

use std::fmt;

use plugin_host_core::description::{ActionDescription, Description};
use plugin_host_core::queues::Listed;

use crate::glob::matches;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Actions that change nothing.
    Read,
    /// Actions that change something, and say of themselves that they destroy nothing.
    Write,
    /// All other actions, as MCP counts those that say nothing.
    Destructive,
    /// What services tell: the addresses of webhooks, and dead letters.
    Events,
    /// What is counted.
    Metrics,
}

/// What may be done with which connections; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The names of connections, in which `*` stands for any characters; none for all.
    pub connections: Option<Vec<String>>,
    /// The names of actions, likewise.
    pub actions: Option<Vec<String>>,
    /// What may be done; none for all, but where actions are named for these alone.
    pub kinds: Option<Vec<Kind>>,
}

/// What a scope lacks for what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The connection of this name.
    Connection(String),
    /// The action of this name.
    Action(String),
    /// This kind.
    Kind(Kind),
    /// All connections, of which this kind tells.
    AllConnections(Kind),
}

/// A plugin with what a scope leaves of it.
pub struct Narrowed<'a> {
    description: Description,
    translated: Description,
    language: &'a str,
    connections: Vec<&'a str>,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Destructive, Self::Events, Self::Metrics];
    /// Those of actions.
    const OF_ACTIONS: [Self; 3] = [Self::Read, Self::Write, Self::Destructive];

    /// The kind of an action, by its hints. What it does not say counts as the worst.
    pub fn of(action: &ActionDescription) -> Self {
        match (&action.annotations["readOnlyHint"], &action.annotations["destructiveHint"]) {
            (reads, _) if *reads == true => Self::Read,
            (_, destroys) if *destroys == false => Self::Write,
            _ => Self::Destructive,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
            Self::Events => "events",
            Self::Metrics => "metrics",
        }
    }
}

impl Scope {
    /// Whether there is nothing that it lacks.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it has a connection, also one that is not there: nobody learns of others by asking.
    ///
    /// # Errors
    /// If it lacks it.
    pub fn connection(&self, name: &str) -> Result<(), Lack> {
        named(self.connections.as_deref(), name).then_some(()).ok_or_else(|| Lack::Connection(name.to_owned()))
    }

    /// Whether it has an action.
    ///
    /// # Errors
    /// If it lacks it, or its kind.
    pub fn action(&self, action: &ActionDescription) -> Result<(), Lack> {
        if !named(self.actions.as_deref(), &action.name) {
            return Err(Lack::Action(action.name.clone()));
        }
        self.kind(Kind::of(action))
    }

    /// Whether it has a kind.
    ///
    /// # Errors
    /// If it lacks it.
    pub fn kind(&self, kind: Kind) -> Result<(), Lack> {
        let has = match &self.kinds {
            Some(kinds) => kinds.contains(&kind),
            None => self.actions.is_none() || Kind::OF_ACTIONS.contains(&kind),
        };
        has.then_some(()).ok_or(Lack::Kind(kind))
    }

    /// Whether it has a kind that tells of all connections.
    ///
    /// # Errors
    /// If it lacks it, or some connections.
    pub fn kind_of_all(&self, kind: Kind) -> Result<(), Lack> {
        self.kind(kind)?;
        self.connections.is_none().then_some(()).ok_or(Lack::AllConnections(kind))
    }

    /// Whether it has the check of a connection: who calls some action may prove that it works.
    ///
    /// # Errors
    /// If it lacks the connection, or any kind of action.
    pub fn check(&self, connection: &str) -> Result<(), Lack> {
        self.connection(connection)?;
        let calls = Kind::OF_ACTIONS.iter().any(|kind| self.kind(*kind).is_ok());
        calls.then_some(()).ok_or(Lack::Kind(Kind::Read))
    }

    /// These of its patterns that none of these connections has, and that none of these actions has.
    pub fn in_vain<'a>(&'a self, connections: &[&str], actions: &[&str]) -> [Vec<&'a str>; 2] {
        let among = |patterns: &'a Option<Vec<String>>, names: &[&str]| {
            let patterns = patterns.iter().flatten().map(String::as_str);
            patterns.filter(|pattern| !names.iter().any(|name| matches(pattern, name))).collect()
        };
        [among(&self.connections, connections), among(&self.actions, actions)]
    }

    /// Those of a plugin's connections that it has a use for. Who may be told of events sees them also
    /// without an action.
    pub fn connections_of<'a>(&self, plugin: &Listed<'a>) -> Vec<&'a str> {
        let has_action = || plugin.description.actions.iter().any(|action| self.action(action).is_ok());
        if self.kind(Kind::Events).is_err() && !has_action() {
            return Vec::new();
        }
        plugin.connections.iter().copied().filter(|name| self.connection(name).is_ok()).collect()
    }

    /// What it leaves of these plugins, connections and actions.
    pub fn narrowed<'a>(&self, plugins: &[Listed<'a>]) -> Vec<Narrowed<'a>> {
        let of = |description: &Description| {
            let mut description = description.clone();
            description.actions.retain(|action| self.action(action).is_ok());
            description
        };
        let narrowed = |plugin: &Listed<'a>| {
            let connections = self.connections_of(plugin);
            (!connections.is_empty()).then(|| Narrowed {
                description: of(plugin.description),
                translated: of(plugin.translated),
                language: plugin.language,
                connections,
            })
        };
        plugins.iter().filter_map(narrowed).collect()
    }
}

impl Narrowed<'_> {
    /// As plugins are listed.
    pub fn listed(&self) -> Listed<'_> {
        let Self { description, translated, language, connections } = self;
        Listed { description, translated, language, connections: connections.clone() }
    }
}

/// What is lacking, as the end of a sentence, and the key of a token's table that would have it.
impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, key) = match self {
            Self::Connection(name) => (format!("the connection \"{name}\""), "connections"),
            Self::Action(name) => (format!("the action \"{name}\""), "actions"),
            Self::Kind(kind) => (format!("the kind {}", kind.as_str()), "kinds"),
            Self::AllConnections(kind) => (format!("the {} of all connections", kind.as_str()), "connections"),
        };
        write!(f, "{what}: take another token, or ask the operator about {key} in its table")
    }
}

fn named(patterns: Option<&[String]>, name: &str) -> bool {
    patterns.is_none_or(|patterns| patterns.iter().any(|pattern| matches(pattern, name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description() -> Description {
        let action = |name: &str, reads: bool, destroys: Option<bool>| {
            json!({
                "name": name, "title": "t", "description": "d", "inputSchema": {}, "outputSchema": {},
                "annotations": { "readOnlyHint": reads, "destructiveHint": destroys },
            })
        };
        let actions = [action("get", true, None), action("put", false, Some(false)), action("drop", false, None)];
        let text = json!({
            "contract": 1, "name": "n", "title": "t", "version": "1", "actions": actions,
            "connection": { "check": "c", "schema": {} },
        });
        Description::parse(text.to_string()).unwrap()
    }

    fn names(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(|&name| name.to_owned()).collect())
    }

    /// The actions that a scope leaves, of a connection that it has.
    fn left(scope: &Scope) -> Vec<String> {
        let description = description();
        let (description, language) = (&description, "en");
        let plugins = [Listed { description, translated: description, language, connections: vec!["berlin", "rome"] }];
        let narrowed = scope.narrowed(&plugins);
        narrowed.iter().flat_map(|it| it.translated.actions.iter().map(|action| action.name.clone())).collect()
    }

    #[test]
    fn what_an_action_does_not_say_of_itself_counts_as_the_worst() {
        let kinds: Vec<_> = description().actions.iter().map(Kind::of).collect();
        assert_eq!(kinds, [Kind::Read, Kind::Write, Kind::Destructive]);
    }

    #[test]
    fn a_scope_leaves_what_its_actions_and_its_kinds_both_have() {
        assert_eq!(left(&Scope::default()), ["get", "put", "drop"]);
        assert_eq!(left(&Scope { kinds: Some(vec![Kind::Read, Kind::Write]), ..<_>::default() }), ["get", "put"]);
        assert_eq!(left(&Scope { actions: names(&["*t"]), ..<_>::default() }), ["get", "put"]);
        let both =
            Scope { actions: names(&["*t"]), kinds: Some(vec![Kind::Write, Kind::Destructive]), ..<_>::default() };
        assert_eq!(left(&both), ["put"]);
        assert!(left(&Scope { connections: names(&["paris"]), ..<_>::default() }).is_empty());
    }

    #[test]
    fn events_and_counts_are_for_who_may_do_all_or_for_whom_they_are_said() {
        let of = |scope: &Scope| [Kind::Events, Kind::Metrics].map(|kind| scope.kind_of_all(kind).is_ok());
        assert_eq!(of(&Scope::default()), [true, true]);
        assert_eq!(of(&Scope { actions: names(&["get"]), ..<_>::default() }), [false, false]);
        assert_eq!(of(&Scope { kinds: Some(vec![Kind::Metrics]), ..<_>::default() }), [false, true]);
        let some = Scope { connections: names(&["berlin"]), ..<_>::default() };
        assert_eq!(some.kind_of_all(Kind::Events), Err(Lack::AllConnections(Kind::Events)));
        assert_eq!(some.kind(Kind::Events), Ok(()));
        assert_eq!(
            Scope { kinds: Some(vec![Kind::Metrics]), ..<_>::default() }.check("x"),
            Err(Lack::Kind(Kind::Read))
        );
    }

    #[test]
    fn a_connection_that_is_not_there_is_refused_as_one_that_is() {
        let scope = Scope { connections: names(&["shop-*"]), ..<_>::default() };
        assert_eq!(scope.connection("shop-berlin"), Ok(()));
        assert_eq!(scope.connection("made_up"), Err(Lack::Connection("made_up".to_owned())));
        assert_eq!(scope.in_vain(&["crm"], &[])[0], ["shop-*"]);
    }
}
