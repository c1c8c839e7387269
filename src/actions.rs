//! The plugin and its actions. A new one is a file in this folder, its module here, and a line in
//! the table.

pub mod update_order_status;

use plugin_kit::Plugin;

use crate::account;

plugin_kit::plugin! {
    /// JustClick.
    pub static PLUGIN: Plugin = Plugin::new(
        "justclick",
        "JustClick",
        env!("CARGO_PKG_VERSION"),
        "JustClick, also sold as InfluencerSoft: an e-mail marketing and shop service.",
        account::CONNECTION,
    )
    .homepage("https://help.justclick.io");
    check check_connection = account::check;
    actions {
        update_order_status = update_order_status::ACTION,
    }
}
