//! JSON that is not on lines: an array, or objects that are spread over lines for people.

use std::io::{self, BufRead, Write};

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Refusal;
use super::spool::Spool;

/// Puts each object on a line of its own, if they are not. Tells whether they were not.
///
/// # Errors
/// If it begins as such JSON and does not go on so; the text says what to do.
pub fn on_lines(spool: Spool) -> Result<(Spool, bool), Refusal> {
    let mut reader = spool.reader()?;
    let mut first = Vec::new();
    while first.trim_ascii().is_empty() {
        first.clear();
        // A longer line is no object that ends in a later one.
        if io::Read::take(&mut reader, 1 << 20).read_until(b'\n', &mut first)? == 0 {
            drop(reader);
            return Ok((spool, false));
        }
    }
    drop(reader);
    let array = first.trim_ascii_start().starts_with(b"[");
    let spread = first.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<&RawValue>(&first).is_err_and(|error| error.is_eof());
    if !array && !spread {
        return Ok((spool, false));
    }
    let jq = if array { "jq -c '.[]' FILE" } else { "jq -c . FILE" };
    let spool = spool.rewritten(|whole, out| {
        let written = if array { items(whole.reader()?, out) } else { values(whole.reader()?, out) };
        written.map_err(|error| {
            Refusal(format!("it is not valid JSON: {error}. Mend it there; {jq} puts each object on a line"))
        })
    })?;
    Ok((spool, true))
}

/// Of an array, one after the other: it may be longer than the memory.
fn items(reader: impl BufRead, out: &mut dyn Write) -> serde_json::Result<()> {
    struct Items<'a>(&'a mut dyn Write);
    impl<'de> Visitor<'de> for Items<'_> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an array of objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            while let Some(item) = items.next_element::<Box<RawValue>>()? {
                line(&item, self.0).map_err(serde::de::Error::custom)?;
            }
            Ok(())
        }
    }
    let mut json = serde_json::Deserializer::from_reader(reader);
    json.deserialize_seq(Items(out))?;
    json.end()
}

fn values(reader: impl BufRead, out: &mut dyn Write) -> serde_json::Result<()> {
    for value in serde_json::Deserializer::from_reader(reader).into_iter::<Box<RawValue>>() {
        line(&value?, out).map_err(serde_json::Error::io)?;
    }
    Ok(())
}

/// A line break in JSON is a blank: those in texts are escaped.
fn line(value: &RawValue, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", value.get().replace(['\r', '\n'], " "))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn read(text: &str) -> Result<(String, bool), String> {
        let (spool, anew) = on_lines(Spool::copy(text.as_bytes(), None).unwrap()).map_err(|refusal| refusal.0)?;
        let mut text = String::new();
        spool.reader().unwrap().read_to_string(&mut text).unwrap();
        Ok((text, anew))
    }

    #[test]
    fn arrays_and_spread_objects_become_lines_with_every_digit_and_every_name() {
        let lines = "{\"a\":99999999999999999999}\n{\"a\":1.50, \"a\":2}\n";
        for text in [
            " [{\"a\":99999999999999999999},{\"a\":1.50, \"a\":2}]",
            "\u{feff}[\n{\"a\":99999999999999999999}\r\n,{\"a\":1.50, \"a\":2}\n]\n",
        ] {
            assert_eq!(read(text).unwrap(), (lines.to_owned(), true));
        }
        assert_eq!(read("{\n \"a\": 1\n}\n{\n \"a\": 2\n}").unwrap().0, "{  \"a\": 1 }\n{  \"a\": 2 }\n");
    }

    #[test]
    fn lines_stay_as_they_are_also_where_one_is_wrong() {
        for text in ["", "\n\n", "{\"a\":1}\n{\"a\":\n", "no json\n[1]\n", "{a}\n"] {
            assert_eq!(read(text).unwrap(), (text.to_owned(), false));
        }
    }

    #[test]
    fn what_is_cut_short_is_refused_as_a_whole() {
        for text in ["[{\"a\":1},", "[{\"a\":1}] x", "[{\"a\":1} {\"a\":2}]", "{\n\"a\": 1,\n}", "{\"a\":\n"] {
            assert!(read(text).unwrap_err().contains("jq -c"), "{text}");
        }
    }
}
