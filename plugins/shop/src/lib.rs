//! A made-up shop, as a plugin that uses all that the kit has: for authors to read, and for the tests
//! of every host. Its service is in `service/`.

mod account;
mod customers;
mod goods;
mod notes;
mod orders;
mod page;
mod triggers;

use plugin_kit::{Limit, Plugin};

plugin_kit::plugin! {
    /// The made-up shop.
    pub static PLUGIN: Plugin = Plugin::new("shop", "Shop", "2.0.0", "Takes orders in a made-up shop.", account::CONNECTION)
        .homepage("https://shop.example.com/help")
        .reason("To read and change the shop's orders.")
        .limits(&[Limit { requests: 6000, per_s: 60 }])
        .icons(include_str!("icons.json"))
        .i18n(include_str!("i18n.json"));
    check check_connection = account::check;
    actions {
        create_order = orders::CREATE,
        find_orders = orders::FIND,
        list_orders = orders::LIST,
        mark_paid = orders::MARK_PAID,
        find_customers = customers::FIND,
        list_goods = goods::LIST,
        send_note = notes::SEND,
    }
    triggers {
        order_created = triggers::ORDER_CREATED,
        order_paid = triggers::ORDER_PAID,
    }
}
