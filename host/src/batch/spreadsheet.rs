//! What workbooks of all formats have in common.

use jiff::Unit;
use jiff::civil::DateTime;

use super::Refusal;

/// A day, and the time if there is one.
pub fn day_and_time(date: DateTime) -> Option<String> {
    // Part of a day is a fraction that has no last digit: half past two is 14:29:59.9999.
    let date = date.round(Unit::Second).ok()?;
    let format = if date.time() == jiff::civil::Time::midnight() { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    Some(date.strftime(format).to_string())
}

/// The refusal of a workbook that nobody can read without its password.
pub fn is_protected() -> Refusal {
    let remedy = "take that off (in Excel: File, Info, Protect Workbook; in LibreOffice: Save As without \"Save with password\")";
    Refusal(format!("it is protected with a password: {remedy}, or save the sheet as \"CSV UTF-8\""))
}

/// The refusal of a workbook in which something is not as it should be.
pub fn damaged(why: impl std::fmt::Display) -> Refusal {
    let why = why.to_string().replace(['\r', '\n'], " ");
    Refusal(format!("the workbook is damaged ({why}): open it, save it anew, or save the sheet as \"CSV UTF-8\""))
}
