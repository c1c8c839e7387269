//! The functions of the API, each said once in a table.
//!
//! A file has a family of them. The names are the documented ones, and their case counts: API 2.0 has
//! other functions of the same names in small letters.

mod contacts;
mod groups;
mod order_reads;
mod order_status;
mod orders;
mod partners;
mod products;
mod work;

pub(crate) use order_status::cancel_overdue;
pub(crate) use work::Work;

use crate::form::Form;
use crate::reply::Reply;

/// A function of the API.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// Whether it changes the order in `bill_id`, so that this order's own misbehaviour counts.
    pub(crate) changes_order: bool,
    run: fn(&mut Work, &Form) -> Result<Reply, Reply>,
}

/// All of them.
const FUNCTIONS: [Function; 20] = [
    change("UpdateOrderStatus", order_status::update_order_status),
    function("CreateOrder", orders::create_order),
    change("DeleteOrder", orders::delete_order),
    function("GetBills", order_reads::get_bills),
    function("getOrderDetails", order_reads::get_order_details),
    function("GetOrderInfo", order_reads::get_order_info),
    function("GetOrders", order_reads::get_orders),
    function("getOrdersWithGoods", order_reads::get_orders_with_goods),
    function("AddLeadToGroup", contacts::add_lead_to_group),
    function("UpdateSubscriberData", contacts::update_subscriber_data),
    function("DeleteSubscribe", contacts::delete_subscribe),
    function("GetLeadGroups", groups::get_lead_groups),
    function("GetLeadGroupStatuses", groups::get_lead_group_statuses),
    function("GetAllGroups", groups::get_all_groups),
    function("GetCountSubscribe", groups::get_count_subscribe),
    function("GetAllGoods", products::get_all_goods),
    function("AddGood", products::add_good),
    function("UpdateGood", products::update_good),
    function("DeleteGood", products::delete_good),
    function("GetPartnerStats", partners::get_partner_stats),
];

const fn function(name: &'static str, run: fn(&mut Work, &Form) -> Result<Reply, Reply>) -> Function {
    Function { name, changes_order: false, run }
}

const fn change(name: &'static str, run: fn(&mut Work, &Form) -> Result<Reply, Reply>) -> Function {
    Function { name, changes_order: true, run }
}

impl Function {
    /// The function of that name, in its case.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    /// Does the work. The form is one whose hash is right.
    pub(crate) fn run(&self, work: &mut Work, form: &Form) -> Reply {
        (self.run)(work, form).unwrap_or_else(|refusal| refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_twenty_and_their_case_counts() {
        let mut names: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 20);
        assert!(Function::of("getOrderDetails").is_some() && Function::of("GetOrderDetails").is_none());
    }
}
