//! Files that are not UTF-8, and results that Excel opens as it opened the file.

use std::fs;

use crate::support::Day;

/// "bill_id;status;Покупатель", "1;cancel;Пётр", "9;cancel;Анна", as a Russian Excel saves them.
const WINDOWS: &[u8] = b"bill_id;status;\xcf\xee\xea\xf3\xef\xe0\xf2\xe5\xeb\xfc\r\n1;cancel;\xcf\xb8\xf2\xf0\r\n9;cancel;\xc0\xed\xed\xe0\r\n";

#[test]
fn an_older_encoding_is_recognised_told_and_kept_in_the_results() {
    let day = Day::new([1]);
    let ended = day.write("orders.csv", WINDOWS).run(&["orders.csv"]).with_code(20);
    ended.telling("Read as windows-1251, which was recognised").telling("1 of 2 rows are done");
    let results = fs::read(day.path("orders.results.csv")).unwrap();
    assert!(results.starts_with(b"bill_id;status;\xcf\xee\xea\xf3\xef\xe0\xf2\xe5\xeb\xfc;line;"));
    assert!(std::str::from_utf8(&results).is_err());
    assert!(results.windows(11).any(|bytes| bytes == b"cancel;\xcf\xb8\xf2\xf0"));
}

#[test]
fn an_encoding_has_the_names_that_people_give_it() {
    let day = Day::new([1]);
    for name in ["windows-1251", "cp1251", "1251", "Win1251"] {
        day.write("orders.csv", WINDOWS).run(&["orders.csv", "--encoding", name, "--dry-run"]).with_code(0);
    }
    for (name, why) in [("ansi", "windows-1251 (ANSI)"), ("klingon", "windows-1251")] {
        day.run(&["orders.csv", "--encoding", name]).with_code(2).telling(why);
    }
    day.run(&["orders.csv", "--encoding", "utf-8"]).with_code(2).telling("not UTF-8, as line 1 shows");
    assert_eq!(day.sandbox.request_count(), 0);
}

#[test]
fn letters_whose_encoding_was_only_guessed_are_not_sent() {
    let day = Day::new([1]);
    let text = b"bill_id;status;date;rpo;\xcf\xee\xea\xf3\xef\xe0\xf2\xe5\xeb\xfc\r\n1;sent;1700000000;\xc0\xc1\xc2;\xcf\xb8\xf2\xf0\r\n";
    day.write("orders.csv", text).run(&["orders.csv"]).with_code(2).telling("say --encoding windows-1251");
    assert_eq!((day.sandbox.request_count(), day.files()), (0, vec!["orders.csv".to_owned()]));
    day.run(&["orders.csv", "--encoding", "windows-1251"]).with_code(0);
    assert_eq!(day.order(1).rpo.as_deref(), Some("АБВ"));
}

#[test]
fn utf_16_is_known_with_and_without_its_mark() {
    let text = "bill_id\tstatus\tИмя\r\n1\tcancel\tАнна\r\n";
    for (mark, big) in [("\u{feff}", false), ("", false), ("\u{feff}", true), ("", true)] {
        let day = Day::new([1]);
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        let file: Vec<u8> = format!("{mark}{text}").encode_utf16().flat_map(bytes).collect();
        day.write("orders.csv", file).run(&["orders.csv"]).with_code(0);
        let results = fs::read(day.path("orders.results.csv")).unwrap();
        let units = results.chunks(2).map(|pair| {
            let pair = [pair[0], pair[1]];
            if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        });
        let results = String::from_utf16(&units.collect::<Vec<_>>()).unwrap();
        assert!(
            results.starts_with("\u{feff}bill_id\tstatus\tИмя\tline\t") && results.contains("\tАнна\t2\ttrue\t"),
            "{results}"
        );
    }
}

#[test]
fn a_character_that_the_encoding_lacks_is_escaped_and_that_is_told() {
    let day = Day::new([1]);
    // The message of the row that fails quotes a character that windows-1252 lacks.
    let text = b"bill_id;status;K\xfcche\n1;cancel;M\xfcller\n";
    let args = ["orders.csv", "--encoding", "windows-1252", "--field", "rpo=№"];
    let ended = day.write("orders.csv", text).run(&args).with_code(0);
    let results = fs::read(day.path("orders.results.csv")).unwrap();
    if ended.stdout.contains("characters that it can't have") {
        assert!(results.windows(6).any(|bytes| bytes == b"\\u2116"));
    }
    assert!(results.windows(6).any(|bytes| bytes == b"M\xfcller"));
}
