//! Orders that are asked for from time to time. They are told under the names that the webhooks have.

use plugin_kit::error::Kind;
use plugin_kit::text::integer;
use plugin_kit::{Error, Page, Poll, Start, Trigger, Values};

use super::timed;
use crate::listing::{self, PART_DAYS, PRODUCT_NUMBERS, Part};
use crate::order;

const DAY: i64 = 86_400;

/// How long an order may come late: of the same second as others, with a time that somebody set, or by
/// a clock that is slow. So long what was told is kept.
const LATE: i64 = DAY;

/// How many orders that were told are kept.
const KEPT: usize = 1000;

/// How many parts of the time are asked for at once.
const PARTS: usize = 12;

/// 2005-01-01: no order of the service is older.
const BEGINNING: i64 = 1_104_537_600;

/// 2100-01-01, the end of all times here.
const END: i64 = 4_102_444_800;

/// An order was made.
pub const NEW: Trigger = Trigger::poll(
    "new_order",
    "New order",
    "Triggers when an order is made in the JustClick shop.",
    |poll| page(poll, "created"),
)
.input(&[PRODUCT_NUMBERS])
.event(
    "Order",
    order::FIELDS,
    r#"{"bill_id":"100000","pay_status":"waiting","created":1362254400,"total":"1500.00","email":"user4@email.com"}"#,
);

/// An order was paid.
pub const PAID: Trigger =
    Trigger::poll("paid_order", "Paid order", "Triggers when an order of the JustClick shop is paid.", |poll| {
        page(poll, "paid")
    })
    .input(&[PRODUCT_NUMBERS])
    .event(
        "Order",
        order::FIELDS,
        r#"{"bill_id":"100000","pay_status":"paid","created":1362254400,"paid":1362340800,"total":"1500.00","email":"user4@email.com"}"#,
    );

/// What was told: everything before a second, and from it on these orders, by time and number. As a
/// text: `1362254400`, then `/0-100000` for each, with the seconds since then.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    floor: i64,
    orders: Vec<(i64, String)>,
}

impl Told {
    fn read(cursor: &str) -> Option<Self> {
        let mut parts = cursor.split('/');
        let mut told = Self { floor: digits(parts.next()?)?, orders: Vec::new() };
        for part in parts {
            let (after, number) = part.split_once('-')?;
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            told.orders.push((told.floor + digits(after).filter(|_| is_number)?, number.to_owned()));
        }
        Some(told)
    }

    fn cursor(&self) -> String {
        let mut cursor = self.floor.to_string();
        for (time, number) in &self.orders {
            cursor.push_str(&["/", &(time - self.floor).to_string(), "-", number].concat());
        }
        cursor
    }

    fn has(&self, time: i64, number: &str) -> bool {
        time < self.floor || self.orders.iter().any(|(at, other)| *at == time && other == number)
    }

    /// Adds one, where it belongs by its time.
    fn add(&mut self, time: i64, number: &str) {
        let mut place = self.orders.len();
        while place > 0 && self.orders[place - 1].0 > time {
            place -= 1;
        }
        self.orders.insert(place, (time, number.to_owned()));
    }

    /// Forgets what is older. Of too many the oldest go as well, by whole seconds, and never the last.
    fn rise(&mut self, floor: i64) {
        let mut floor = floor.max(self.floor);
        let too_many = self.orders.len().saturating_sub(KEPT);
        if let (Some((time, _)), Some((last, _))) = (self.orders.get(too_many.wrapping_sub(1)), self.orders.last()) {
            floor = floor.max((time + 1).min(*last));
        }
        self.floor = floor;
        self.orders.retain(|(time, _)| *time >= floor);
    }
}

/// A time or a number of seconds; never so large that it could not be reckoned with.
fn digits(text: &str) -> Option<i64> {
    let seconds = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| integer(text))??;
    (0..=END).contains(&seconds).then_some(seconds)
}

/// The events since the last time; `time` is the member that says when it happened.
fn page(poll: &Poll, time: &str) -> Result<Page, Error> {
    let now = poll.now().clamp(BEGINNING, END);
    let (floor, is_new) = match poll.start() {
        // What is there is passed over by its number, so that no clock has to agree with another.
        Start::Now => (now - LATE, poll.cursor().is_none()),
        Start::At(seconds) => (seconds.clamp(BEGINNING, END), false),
        Start::Beginning => (BEGINNING, false),
    };
    let mut told = match poll.cursor() {
        None => Told { floor, orders: Vec::new() },
        Some(cursor) => Told::read(cursor).ok_or_else(|| {
            Error::new(Kind::InvalidInput, "The cursor is not one of this trigger: start without one.")
        })?,
    };
    // A day more at both ends, as the account's calendar may be another.
    let end = now / DAY + 1;
    let mut events = Vec::new();
    let mut days = PART_DAYS;
    for _ in 0..PARTS {
        let first = told.floor / DAY - 1;
        if first > end {
            return Ok(Page::new(events, told.cursor()));
        }
        let whole = end.min(first + days - 1);
        let Part { mut orders, last } = listing::part(poll, time == "paid", first, whole, Some(time))?;
        // What was too much once is so again.
        days = last - first + 1;
        orders.retain(|order| !told.has(seconds(order, time), order.text("bill_id")));
        listing::sort(&mut orders, time);
        let has_more = !is_new && orders.len() > poll.limit();
        if has_more {
            orders.truncate(poll.limit());
        }
        let mut newest = told.floor;
        for order in &orders {
            newest = seconds(order, time);
            told.add(newest, order.text("bill_id"));
            if !is_new {
                events.push(timed(order, time));
            }
        }
        let is_last = last == end;
        let floor = match (has_more, is_last) {
            (true, _) => newest - LATE,
            (false, true) => now,
            // All days but the last are over in every calendar.
            (false, false) => last * DAY,
        };
        told.rise(floor.min(now - LATE));
        if is_last || !events.is_empty() {
            return Ok(Page::new(events, told.cursor()).and_more(has_more || !is_last));
        }
    }
    Ok(Page::new(events, told.cursor()).and_more(true))
}

fn seconds(order: &Values, time: &str) -> i64 {
    integer(order.text(time)).unwrap_or_default()
}
