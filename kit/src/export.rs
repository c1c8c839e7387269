//! The macro that declares a plugin and makes the exports of its module.

use crate::action::Action;

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
            const _: () = $crate::export::assert_names(ACTIONS, &[$(stringify!($name)),*]);
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
        let (name, export) = (actions[place].name().as_bytes(), names[place].as_bytes());
        assert!(name.len() == export.len(), "an action's name is not the name it has in plugin!");
        let mut at = 0;
        while at < name.len() {
            assert!(name[at] == export[at], "an action's name is not the name it has in plugin!");
            at += 1;
        }
        place += 1;
    }
}
