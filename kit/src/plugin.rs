//! A plugin as a whole.

use crate::action::{Action, Limit, Run};
use crate::call;
use crate::connection::{Config, Connection};
use crate::error::Error;
use crate::http::Transport;

/// All that a plugin says of itself.
#[derive(Clone, Copy)]
pub struct Plugin {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) version: &'static str,
    pub(crate) description: &'static str,
    pub(crate) homepage: Option<&'static str>,
    pub(crate) connection: Connection,
    pub(crate) check_name: &'static str,
    pub(crate) check: Run,
    pub(crate) actions: &'static [Action],
    pub(crate) limits: &'static [Limit],
    pub(crate) reason: Option<&'static str>,
    pub(crate) i18n: Option<&'static str>,
    pub(crate) icons: Option<&'static str>,
}

impl Plugin {
    /// A plugin with its name for machines, its name for people, its version, and what it is for.
    /// [`plugin!`](crate::plugin) adds the connection's check and the actions.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        version: &'static str,
        description: &'static str,
        connection: Connection,
    ) -> Self {
        fn no_check(_: &crate::call::Call) -> Result<crate::json::Object, Error> {
            Ok(crate::json::Object::new())
        }
        Self {
            name,
            title,
            version,
            description,
            homepage: None,
            connection,
            check_name: "check_connection",
            check: no_check,
            actions: &[],
            limits: &[],
            reason: None,
            i18n: None,
            icons: None,
        }
    }

    /// Where people read more: an address with https.
    #[must_use]
    pub const fn homepage(mut self, address: &'static str) -> Self {
        self.homepage = Some(address);
        self
    }

    /// How often the service lets a connection call it: the default rate of every host.
    #[must_use]
    pub const fn limits(mut self, limits: &'static [Limit]) -> Self {
        self.limits = limits;
        self
    }

    /// Why the plugin has to reach the connection's addresses, for the person who decides whether to
    /// trust it.
    #[must_use]
    pub const fn reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Texts in other languages: a JSON object of languages, each with an object of texts by their
    /// JSON pointers into the description.
    #[must_use]
    pub const fn i18n(mut self, json: &'static str) -> Self {
        self.i18n = Some(json);
        self
    }

    /// Pictures, as MCP has them: a JSON array.
    #[must_use]
    pub const fn icons(mut self, json: &'static str) -> Self {
        self.icons = Some(json);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with(mut self, check_name: &'static str, check: Run, actions: &'static [Action]) -> Self {
        self.check_name = check_name;
        self.check = check;
        self.actions = actions;
        self
    }

    /// Its actions.
    pub const fn actions(&self) -> &'static [Action] {
        self.actions
    }

    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// Runs the action of that name from input to output, both JSON; `None` if there is none.
    pub fn run(
        &self,
        name: &str,
        input: &[u8],
        config: Config,
        transport: &dyn Transport,
    ) -> Option<Result<String, Error>> {
        self.action(name).map(|action| call::run(self, Some(action), input, config, transport))
    }

    /// Proves that a connection works, by calls that change nothing.
    ///
    /// # Errors
    /// Any error but `invalid_input`.
    pub fn check_connection(&self, config: Config, transport: &dyn Transport) -> Result<String, Error> {
        call::run(self, None, b"", config, transport)
    }

    /// How its requests say who makes them.
    pub(crate) fn user_agent(&self) -> String {
        [self.name, "-plugin/", self.version].concat()
    }
}

/// Declares a plugin: its actions, each by its name and its [`Action`]; and in a module, its exports.
///
/// ```
/// use plugin_kit::{Action, Call, Connection, Error, Object, Plugin};
///
/// fn hello(_: &Call) -> Result<Object, Error> {
///     Ok(Object::new().text("message", "hello"))
/// }
///
/// plugin_kit::plugin! {
///     /// Says hello.
///     pub static PLUGIN: Plugin = Plugin::new("hello", "Hello", "1.0.0", "Says hello.", Connection::new("Nobody", "", &[]));
///     check check_connection = hello;
///     actions {
///         hello = Action::read("hello", "Hello", "Says hello.", hello),
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! plugin {
    (
        $(#[$attribute:meta])*
        $visibility:vis static $plugin:ident: Plugin = $value:expr;
        check $check:ident = $run:expr;
        actions { $($name:ident = $action:expr),* $(,)? }
    ) => {
        $(#[$attribute])*
        $visibility static $plugin: $crate::Plugin = {
            const ACTIONS: &[$crate::Action] = &[$($action),*];
            const _: () = $crate::plugin::assert_names(ACTIONS, &[$(stringify!($name)),*]);
            $value.with(stringify!($check), $run, ACTIONS)
        };

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "an export needs a name that is not mangled")]
        mod exports {
            #[unsafe(no_mangle)]
            extern "C" fn describe() -> i32 {
                $crate::guest::describe(&super::$plugin)
            }
            #[unsafe(no_mangle)]
            extern "C" fn list_tools() -> i32 {
                $crate::guest::list_tools(&super::$plugin)
            }
            #[unsafe(no_mangle)]
            extern "C" fn call_tool() -> i32 {
                $crate::guest::call_tool(&super::$plugin)
            }
            #[unsafe(no_mangle)]
            extern "C" fn $check() -> i32 {
                $crate::guest::check_connection(&super::$plugin)
            }
            $(
                #[unsafe(no_mangle)]
                extern "C" fn $name() -> i32 {
                    $crate::guest::run(&super::$plugin, stringify!($name))
                }
            )*
        }
    };
}

/// Fails to compile where an action's name is not that of its export.
#[doc(hidden)]
pub const fn assert_names(actions: &[Action], names: &[&str]) {
    let mut place = 0;
    while place < actions.len() {
        let (name, export) = (actions[place].name.as_bytes(), names[place].as_bytes());
        assert!(name.len() == export.len(), "an action's name is not the name it has in plugin!");
        let mut at = 0;
        while at < name.len() {
            assert!(name[at] == export[at], "an action's name is not the name it has in plugin!");
            at += 1;
        }
        place += 1;
    }
}
