//! What is set from outside: the clock, the shapes of answers, refusals, and failures to come.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::misbehaviour::Misbehaviour;
use crate::shop::Shop;

/// The account with all that is set for it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) shop: Shop,
    pub(crate) clock: Clock,
    pub(crate) shapes: Shapes,
    /// A general code with which every signed call is refused: 5, 6, 7 or 8.
    pub(crate) refuse: Option<u32>,
    /// What functions are to do, by their names.
    pub(crate) planned: BTreeMap<String, Planned>,
}

impl World {
    pub(crate) fn new(shop: Shop) -> Self {
        Self { shop, clock: Clock::default(), shapes: Shapes::default(), refuse: None, planned: BTreeMap::new() }
    }

    /// The misbehaviour that is planned for a call of this function; it is used up by being asked for.
    pub(crate) fn take_planned(&mut self, function: &str) -> Option<Misbehaviour> {
        let planned = self.planned.get_mut(function)?;
        let misbehaviour = planned.misbehaviour;
        match planned.times.as_mut() {
            None => {}
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => drop(self.planned.remove(function)),
        }
        Some(misbehaviour)
    }
}

/// How the next calls of a function are answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {
    pub(crate) misbehaviour: Misbehaviour,
    /// How many of them; all if nothing is said.
    #[serde(default)]
    pub(crate) times: Option<u32>,
}

/// The service's clock, and the zone of its days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clock {
    /// The moment at which it stands still, in UNIX seconds; the true time if none is set.
    #[serde(default)]
    pub(crate) now: Option<u64>,
    /// Seconds by which its days are ahead of UTC.
    #[serde(default = "moscow")]
    pub(crate) zone_s: i64,
}

fn moscow() -> i64 {
    3 * 3600
}

impl Default for Clock {
    fn default() -> Self {
        Self { now: None, zone_s: moscow() }
    }
}

impl Clock {
    /// UNIX seconds.
    pub(crate) fn now(&self) -> u64 {
        let truly = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.now.unwrap_or_else(truly)
    }
}

/// The shapes of what the documentation leaves open. The defaults are the likeliest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Shapes {
    /// Numbers in `result` as texts.
    pub(crate) numbers_as_texts: bool,
    /// Empty objects as `[]`, as PHP writes them.
    pub(crate) empty_objects_as_lists: bool,
    /// Members without a value left out instead of empty.
    pub(crate) absent_if_empty: bool,
    /// The HTTP status of signed answers: 200, or such as 302.
    pub(crate) http_status: u16,
    /// `"result": []` on a plain success.
    pub(crate) empty_result: bool,
    /// What the coupon is called in `getOrderDetails` and the paid webhook.
    pub(crate) coupon: Coupon,
    /// Codes 302 and 303 for a status, where 200 and 201 are documented as well.
    pub(crate) edit_codes: bool,
    /// An empty list where a code says that there is nothing: 400, 501, 700.
    pub(crate) nothing_is_a_list: bool,
    /// Automatic groups such as `allleads` among those of a contact.
    pub(crate) auto_groups: bool,
    /// The time in the hash of a created or cancelled order.
    pub(crate) created_hash: HashTime,
    /// The time in the hash of a prepaid or refunded order.
    pub(crate) refund_hash: HashTime,
}

/// The two names of a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Coupon {
    Coupon,
    Kupon,
}

/// The time that a webhook's hash covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HashTime {
    Created,
    Paid,
    Empty,
}

impl Default for Shapes {
    fn default() -> Self {
        Self {
            numbers_as_texts: false,
            empty_objects_as_lists: true,
            absent_if_empty: false,
            http_status: 200,
            empty_result: false,
            coupon: Coupon::Coupon,
            edit_codes: false,
            nothing_is_a_list: false,
            auto_groups: false,
            created_hash: HashTime::Created,
            refund_hash: HashTime::Created,
        }
    }
}
