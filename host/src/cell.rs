//! What spreadsheets and programs do to values, whoever reads them: CSV, workbooks, `--field`.
//!
//! What is certain is mended: `="007"` is 007, and 100010.0 in a field for numbers is 100010. What is
//! lost is refused by name: nobody can tell which digits 8,008E+13 had. All else stays as it is.

use std::borrow::Cow;

use plugin_host_core::text::{is_unseen, trim, unquoted};

/// From here on, a whole number has more digits than a spreadsheet keeps.
const BEYOND_DIGITS: f64 = 1e15;

/// What stands for a formula whose value no spreadsheet has computed yet: programs that make
/// workbooks leave that to whoever opens them.
pub const UNCOMPUTED: &str = "#UNCOMPUTED!";

/// The text of a cell, without what programs put around it; empty if there is nothing in it.
///
/// # Errors
/// If what stands there is an accident; the text tells which, to be put behind the field's name.
pub fn text(cell: &str) -> Result<&str, String> {
    let cell = trim(cell);
    // `="00123"` and `'00123` are how exports keep a spreadsheet from making a number of a text.
    let formula = cell.strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    let quoted = cell.strip_prefix('\'').filter(|text| is_kept_a_text(text));
    let text = trim(formula.or(quoted).unwrap_or(cell));
    if let Some(hidden) = text.chars().find(|it| INVISIBLE.contains(it)) {
        return Err(format!("has an invisible character (U+{:04X}) in it: type it anew", u32::from(hidden)));
    }
    if text == UNCOMPUTED {
        return Err("is a formula that was never computed: open the workbook in a spreadsheet and save it".to_owned());
    }
    if is_error(text) {
        return Err(format!("is {text}, a spreadsheet's error: mend the formula, or put the value itself there"));
    }
    if text.starts_with('=') && text.len() > 1 && quoted.is_none() {
        return Err("is a formula: put the value itself there".to_owned());
    }
    if is_shortened(text) {
        let lost = "looks like a long number that a spreadsheet has shortened (it holds 15 digits)";
        return Err(format!("{lost}: make the column a text and put the number in again"));
    }
    Ok(text)
}

/// A text that came from outside, as a cell: spreadsheets run what looks like a formula. [`text`] has
/// it as it was.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let is_quoted = text.strip_prefix('\'').is_some_and(is_kept_a_text);
    if text.starts_with(FORMULA) || is_quoted { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The same for a field that is a text, never a number: a long number with a fraction was a text
/// before a program took it for a number.
///
/// # Errors
/// As [`text`].
pub fn word(cell: &str) -> Result<&str, String> {
    let text = text(cell)?;
    match text.split_once(['.', ',']) {
        Some((whole, fraction)) if whole.len() > 6 && digits(whole) && zeros(fraction) => {
            Err(format!("was made a number by a program ({text}): make the column a text and put it in again"))
        }
        _ => Ok(text),
    }
}

/// The same for a field that can be a number, as digits.
///
/// # Errors
/// As [`text`], and if it can be read as two numbers.
pub fn number(cell: &str) -> Result<Cow<'_, str>, String> {
    let text = text(cell)?;
    let mut number = Cow::Borrowed(text);
    if let Some(separator) = text.chars().find(|it| SEPARATORS.contains(it) || GROUPING.contains(it))
        && is_grouped(text, separator)
    {
        // Blanks that don't break are how spreadsheets show thousands, and nothing else.
        if !GROUPING.contains(&separator) {
            return Err(format!("is {text}, which can be read in two ways: write the number without separators"));
        }
        number = Cow::Owned(text.replace(separator, ""));
    }
    match number.split_once(['.', ',']) {
        Some((whole, fraction)) if digits(whole) && zeros(fraction) => Ok(Cow::Owned(whole.to_owned())),
        _ => Ok(number),
    }
}

/// The text of a workbook's number. What has more digits than a workbook holds is written so that
/// [`text`] knows it.
pub fn of_number(number: f64) -> String {
    let whole = number.fract() == 0.0;
    // Excel keeps 15 digits. Whoever has put in more can't tell by the cell whether the others are theirs.
    if whole && number.abs() < BEYOND_DIGITS {
        format!("{number:.0}")
    } else if whole || !number.is_finite() {
        let shortened = format!("{number:E}");
        if shortened.contains("E-") { shortened } else { shortened.replace('E', "E+") }
    } else {
        number.to_string()
    }
}

/// A name without what differs between people who mean the same: `Bill ID`, `bill_id`, `BILL-ID *`.
pub fn name(text: &str) -> String {
    let dropped = |it: char| is_unseen(it) || matches!(it, '_' | '-');
    let text = unquoted(trim(text)).trim_end_matches([':', '*', ' ']);
    text.chars().filter(|it| !dropped(*it)).flat_map(char::to_lowercase).collect()
}

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a spreadsheet, or [`harmless`], would put an apostrophe before this to keep it a text.
fn is_kept_a_text(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '\'' || FORMULA.contains(&first))
}

/// Characters that nobody sees and no value has in its middle.
const INVISIBLE: [char; 3] = ['\u{200b}', '\u{2060}', '\u{feff}'];

/// Blanks that keep a number on one line.
const GROUPING: [char; 4] = ['\u{a0}', '\u{202f}', '\u{2009}', '\u{2007}'];

/// What may stand between the digits of a number, and means one thing here and another there.
const SEPARATORS: [char; 4] = ['.', ',', '\'', '’'];

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

/// Whether this stands between the thousands of a number, which may have a fraction.
fn is_grouped(text: &str, separator: char) -> bool {
    let mut groups = text.split(separator);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<_> = groups.collect();
    let Some((last, middle)) = rest.split_last() else {
        return false;
    };
    let last = last.split_once(SEPARATORS).map_or(*last, |(whole, _)| whole);
    let is_thousand = |group: &str| group.len() == 3 && digits(group);
    // No number has thousands behind a zero.
    let begins = digits(first) && first.len() <= 3 && !first.starts_with('0');
    begins && middle.iter().all(|group| is_thousand(group)) && is_thousand(last)
}

/// Whether it is written like `1,23457E+13`, `8.008e13` or `8E13`: the digits of the number are lost.
fn is_shortened(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let number = number.strip_prefix(['-', '+']).unwrap_or(number);
    let unsigned = exponent.strip_prefix(['+', '-']);
    let fraction = number.split_once([',', '.']);
    let mantissa = fraction.map_or(digits(number), |(a, b)| digits(a) && (digits(b) || b.is_empty()));
    // Without fraction and sign it may be a code: 12E4.
    mantissa && digits(unsigned.unwrap_or(exponent)) && (fraction.is_some() || unsigned.is_some())
}

/// Whether it is one of the words that stand for an error, in the language of whoever saved it.
fn is_error(text: &str) -> bool {
    const WORDS: [&str; 8] = ["#N/A", "#NV", "#Н/Д", "#N/D", "#GETTING_DATA", "#ND", "#SPILL!", "#CALC!"];
    let Some(word) = text.strip_prefix('#') else {
        return text.strip_prefix("Err:").is_some_and(digits);
    };
    if WORDS.contains(&text) || (!word.is_empty() && word.bytes().all(|byte| byte == b'#')) {
        return true;
    }
    let named = word.strip_suffix(['!', '?']).unwrap_or_default();
    let upper = |it: char| it.is_uppercase() || it.is_ascii_digit() || matches!(it, '/' | '_');
    named.chars().count() >= 2 && named.chars().all(upper) && named.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_put_around_a_text_is_no_part_of_it() {
        for (cell, expected) in [
            (" 7 ", "7"),
            ("=\"007\"", "007"),
            ("'007", "007"),
            ("\u{200b}100010\u{2060}", "100010"),
            ("\u{feff}RA1\u{a0}", "RA1"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("#1", "#1"),
            ("12E4", "12E4"),
            ("CODE+5", "CODE+5"),
            ("E+1", "E+1"),
            ("1,2,3E+4", "1,2,3E+4"),
            ("-", "-"),
            ("=", "="),
            ("", ""),
            ("\u{200b}", ""),
        ] {
            assert_eq!(text(cell), Ok(expected), "{cell:?}");
        }
    }

    #[test]
    fn what_is_lost_is_refused_by_name() {
        for (cell, why) in [
            ("8,008E+13", "shortened"),
            ("8.00800000000e+13", "shortened"),
            ("1.0E13", "shortened"),
            ("8,0080E13", "shortened"),
            ("8E+13", "shortened"),
            ("-8E+13", "shortened"),
            ("8.e13", "shortened"),
            ("=\"8E+13\"", "shortened"),
            ("#N/A", "#N/A"),
            ("#REF!", "a spreadsheet's error"),
            ("#DIV/0!", "#DIV/0!"),
            ("#ИМЯ?", "#ИМЯ?"),
            ("#ССЫЛКА!", "error"),
            ("#####", "error"),
            ("Err:502", "error"),
            (UNCOMPUTED, "never computed"),
            ("=A1&B1", "formula"),
            ("RA\u{200b}1", "U+200B"),
        ] {
            let refusal = text(cell).unwrap_err();
            assert!(refusal.contains(why), "{cell}: {refusal}");
        }
    }

    #[test]
    fn what_came_from_outside_is_no_formula_in_a_cell_and_is_read_as_it_was() {
        for (outside, cell) in [
            ("=1+1", "'=1+1"),
            ("+7 900", "'+7 900"),
            ("-", "'-"),
            ("@home", "'@home"),
            ("'007", "''007"),
            ("'=x", "''=x"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("007", "007"),
        ] {
            assert_eq!((harmless(outside).as_ref(), text(cell)), (cell, Ok(outside)));
        }
    }

    #[test]
    fn a_field_for_numbers_takes_what_can_only_be_one_number() {
        for (cell, expected) in [
            ("100010.0", "100010"),
            ("100010,0", "100010"),
            ("100010.00", "100010"),
            ("100\u{a0}010", "100010"),
            ("1\u{202f}100\u{202f}010,00", "1100010"),
            ("0.000", "0"),
            ("007", "007"),
            ("1.5", "1.5"),
            ("x", "x"),
            ("1,2,3", "1,2,3"),
            ("100 010", "100 010"),
        ] {
            assert_eq!(number(cell).as_deref(), Ok(expected), "{cell:?}");
        }
        for cell in ["100,010", "100.010", "1,100,010", "1.100.010,00", "1'100'010", "100.000"] {
            assert!(number(cell).unwrap_err().contains("two ways"), "{cell}");
        }
    }

    #[test]
    fn a_text_that_became_a_number_is_refused_and_a_version_is_not() {
        assert!(word("80080000000001.0").unwrap_err().contains("made a number"));
        assert_eq!((word("2.0"), word("1.25"), word("80080000000001")), (Ok("2.0"), Ok("1.25"), Ok("80080000000001")));
    }

    #[test]
    fn a_workbooks_number_keeps_its_digits_or_is_known_to_have_lost_them() {
        for (number, expected) in [
            (100_010.0, "100010"),
            (8.008e13, "80080000000000"),
            (-7.0, "-7"),
            (1.5, "1.5"),
            (0.0, "0"),
            (999_999_999_999_999.0, "999999999999999"),
        ] {
            assert_eq!(of_number(number), expected);
        }
        for number in
            [9_007_199_254_740_991.0, 1_234_567_890_123_456.0, 1_234_567_890_123_450.0, 1e15, 1e20, -1e20, 1.5e300]
        {
            assert!(text(&of_number(number)).unwrap_err().contains("15 digits"), "{number}");
        }
    }

    #[test]
    fn names_are_alike_when_people_mean_the_same() {
        for name_of in
            ["bill_id", "Bill ID", "BILL-ID:", "bill\n id *", "\u{feff}bill_id\u{a0}", "“bill_id”", "'Bill id'"]
        {
            assert_eq!(name(name_of), "billid", "{name_of:?}");
        }
        assert_ne!(name("bill id 2"), name("bill id"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 4096, failure_persistence: None, ..Default::default() })]

        #[test]
        fn whatever_a_cell_holds_its_digits_stay_or_it_is_refused(
            cell in proptest::string::string_regex("[0-9,.'eE+=\"# \u{a0}\u{202f}\u{200b}’-]{0,24}").unwrap(),
            any in ".{0,24}",
        ) {
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            for cell in [&cell, &any] {
                let (text, word, number) = (text(cell), word(cell), number(cell));
                for refusal in [text.clone().err(), word.clone().err(), number.clone().err()].into_iter().flatten() {
                    proptest::prop_assert!(!refusal.contains(['\n', '\r']), "{refusal:?}");
                }
                if let Ok(text) = text {
                    proptest::prop_assert_eq!(digits(text), digits(cell));
                }
                if let Ok(number) = number {
                    // Zeros behind the point are the only digits that go.
                    let (kept, all) = (digits(&number), digits(cell));
                    let gone = all.strip_prefix(&*kept);
                    proptest::prop_assert!(gone.is_some_and(|gone| gone.bytes().all(|byte| byte == b'0')), "{cell:?}: {number}");
                }
            }
        }

        #[test]
        fn a_workbooks_number_is_itself_again_or_refused(number in proptest::num::f64::ANY, whole in proptest::num::i64::ANY) {
            for number in [number, whole as f64, (whole % 1_000_000_000_000_000) as f64] {
                let text = of_number(number);
                if let Ok(text) = super::text(&text) {
                    proptest::prop_assert!(text.parse::<f64>().is_ok_and(|read| read == number || read.is_nan()), "{number}: {text}");
                }
            }
        }
    }
}
