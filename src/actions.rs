//! The table of actions. A new one is a file in this folder and a line below.

use serde_json::Value;

use crate::action::{self, Action, Config, CounterExample};
use crate::error::Error;
use crate::transport::Transport;

macro_rules! actions {
    ($($name:ident: $action:ident),* $(,)?) => {
        $(pub mod $name;)*

        /// Runs the action of that name; `None` if there is none.
        pub fn run(name: &str, input: &[u8], config: Config, transport: &dyn Transport) -> Option<Result<String, Error>> {
            match name {
                $(stringify!($name) => Some(action::run::<$name::$action>(input, config, transport)),)*
                _ => None,
            }
        }

        /// Every action as `describe` tells it.
        pub fn describe() -> Vec<Value> {
            vec![$($name::$action::describe()),*]
        }

        /// Every action's name and the inputs it must refuse.
        pub fn counter_examples() -> Vec<(&'static str, Vec<CounterExample>)> {
            vec![$((stringify!($name), $name::$action::counter_examples())),*]
        }

        #[cfg(target_arch = "wasm32")]
        $crate::wasm::export_actions!($($name: $action),*);
    };
}

actions! {
    update_order_status: UpdateOrderStatus,
}
