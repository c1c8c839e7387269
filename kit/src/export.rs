//! The macro that declares a plugin and makes the exports of its module.

use crate::action::Action;
use crate::trigger::Trigger;

/// Declares a plugin: its actions, each by its name and its [`Action`]; its triggers, if it has any, in
/// the same way; and in a module, its exports.
///
/// With `no tools;` before the actions, the module does without the exports `list_tools` and `call_tool`,
/// which only hosts of MCP that know nothing of this contract call. It is smaller by a tenth.
///
/// A trigger whose service is told where to send its webhooks has two exports more, whose names stand
/// in brackets: `order_sent(order_sent_subscribe, order_sent_unsubscribe) = ORDER_SENT`.
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
        $(no $tools:ident;)?
        actions { $($name:ident = $action:expr),* $(,)? }
        $(triggers { $($trigger:ident $(($subscribe:ident, $unsubscribe:ident))? = $told:expr),+ $(,)? })?
    ) => {
        $(#[$attribute])*
        $visibility static $plugin: $crate::Plugin = {
            const ACTIONS: &[$crate::Action] = &[$($action),*];
            const _: () = $crate::export::assert_names(ACTIONS, &[$(stringify!($name)),*]);
            let plugin: $crate::Plugin = $value;
            let plugin = plugin.with(stringify!($check), $run, ACTIONS);
            $(
                const TRIGGERS: &[$crate::Trigger] =
                    &[$($told $(.exported(stringify!($subscribe), stringify!($unsubscribe)))?),+];
                const _: () = $crate::export::assert_trigger_names(TRIGGERS, &[$(stringify!($trigger)),+]);
                let plugin = plugin.with_triggers(TRIGGERS, $crate::describe::triggers);
            )?
            plugin
        };

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "an export needs a name that is not mangled")]
        mod exports {
            #[unsafe(no_mangle)]
            extern "C" fn describe() -> i32 {
                $crate::guest::describe(&super::$plugin)
            }
            $crate::plugin!(@tools $plugin $($tools)?);
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
            $($(
                #[unsafe(no_mangle)]
                extern "C" fn $trigger() -> i32 {
                    $crate::guest::deliver(&super::$plugin, stringify!($trigger))
                }
                $(
                    #[unsafe(no_mangle)]
                    extern "C" fn $subscribe() -> i32 {
                        $crate::guest::subscribe(&super::$plugin, stringify!($trigger))
                    }
                    #[unsafe(no_mangle)]
                    extern "C" fn $unsubscribe() -> i32 {
                        $crate::guest::unsubscribe(&super::$plugin, stringify!($trigger))
                    }
                )?
            )+)?
        }
    };
    (@tools $plugin:ident) => {
        #[unsafe(no_mangle)]
        extern "C" fn list_tools() -> i32 {
            $crate::guest::list_tools(&super::$plugin)
        }
        #[unsafe(no_mangle)]
        extern "C" fn call_tool() -> i32 {
            $crate::guest::call_tool(&super::$plugin)
        }
    };
    (@tools $plugin:ident tools) => {};
}

/// Fails to compile where an action's name is not that of its export.
#[doc(hidden)]
pub const fn assert_names(actions: &[Action], names: &[&str]) {
    let mut place = 0;
    while place < actions.len() {
        assert!(are_equal(actions[place].name(), names[place]), "an action's name is not the name it has in plugin!");
        place += 1;
    }
}

/// Fails to compile where a trigger's name is not that of its export, or where its calls to subscribe
/// have no exports.
#[doc(hidden)]
pub const fn assert_trigger_names(triggers: &[Trigger], names: &[&str]) {
    let mut place = 0;
    while place < triggers.len() {
        let trigger = &triggers[place];
        assert!(are_equal(trigger.name(), names[place]), "a trigger's name is not the name it has in plugin!");
        if let Some(calls) = trigger.subscription {
            assert!(!calls.exports.0.is_empty(), "a trigger subscribes, and its calls have no names in plugin!");
        }
        place += 1;
    }
}

const fn are_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
