use serde_json::Value;

use super::*;

fn clock(zone: &str, formats: &[&str]) -> Clock {
    Clock::new(Some(zone), formats.iter().map(|format| (*format).to_owned()).collect()).unwrap()
}

fn seconds(clock: &Clock, text: &str) -> Option<i64> {
    match clock.read(text) {
        Moment::At { seconds, .. } => Some(seconds),
        _ => None,
    }
}

#[test]
fn every_row_of_the_vectors_is_read_as_it_says() {
    let table = include_str!("../../../tests/vectors/moments.json");
    let table: Value = serde_json::from_str(table).unwrap();
    let rows = table["moments"].as_array().unwrap();
    assert!(rows.len() > 60);
    for row in rows {
        let given = row["given"].as_str().map_or_else(|| row["given"].to_string(), str::to_owned);
        let read = clock(row["zone"].as_str().unwrap(), &[]).read(&given);
        match (row["seconds"].as_i64(), read) {
            (_, Moment::Refused(why)) if row.get("refused_by_host").is_some() => {
                assert_eq!(why.as_str(), row["refused_by_host"], "{given}");
            }
            (_, read) if row.get("refused_by_host").is_some() => panic!("{given}: {read:?}"),
            (Some(expected), Moment::At { seconds, .. }) => assert_eq!(seconds, expected, "{given}"),
            (None, Moment::Refused(why)) => assert_eq!(why.as_str(), row["refused"], "{given}"),
            (None, Moment::Unknown) => {}
            (_, read) => panic!("{given}: {read:?}"),
        }
    }
}

#[test]
fn a_format_decides_what_could_be_read_in_two_ways_and_nothing_else_is_taken_beside_it() {
    let day_first = clock("Europe/Moscow", &["%d/%m/%Y", "%d/%m/%Y %H:%M"]);
    let month_first = clock("Europe/Moscow", &["%m/%d/%y"]);
    assert_eq!(seconds(&day_first, "05/11/2026"), seconds(&clock("Europe/Moscow", &[]), "2026-11-05"));
    assert_eq!(seconds(&day_first, "5/11/2026 14:30"), seconds(&clock("Europe/Moscow", &[]), "2026-11-05 14:30"));
    assert_eq!(seconds(&month_first, "05/11/26"), seconds(&clock("Europe/Moscow", &[]), "2026-05-11"));
    assert_eq!(day_first.read("11/25/2026"), Moment::Refused(Reason::OtherFormat));
    assert_eq!(day_first.read("25.11.2026"), Moment::Refused(Reason::OtherFormat));
    // What can be read in one way only needs no format.
    assert_eq!(seconds(&day_first, "2026-11-25 14:30"), Some(1_795_606_200));
    assert_eq!(seconds(&day_first, "2026-11-25T11:30:00Z"), Some(1_795_606_200));
    assert_eq!(seconds(&day_first, "1795606200"), Some(1_795_606_200));
    assert_eq!(seconds(&clock("UTC", &["%d.%m.%Y %H:%M %z"]), "25.11.2026 14:30 +0300"), Some(1_795_606_200));
}

#[test]
fn formats_without_a_whole_day_and_zones_that_are_none_are_refused() {
    for format in ["", "x", "%d.%m", "%H:%M", "%Q", "%d%", "DD.MM.YYYY", "%Y"] {
        let refusal = Clock::new(Some("UTC"), vec![format.to_owned()]).unwrap_err();
        assert!(refusal.contains("%d/%m/%Y"), "{refusal}");
    }
    for zone in ["", "MSK", "Moscow", "Europe/Klingon", "+25", "../etc/passwd"] {
        assert!(Clock::new(Some(zone), Vec::new()).is_err(), "{zone}");
    }
    for (zone, name) in [("europe/moscow", "Europe/Moscow"), ("+03:00", "+03"), ("UTC", "UTC")] {
        assert_eq!(clock(zone, &[]).zone_name().as_deref(), Some(name));
    }
}

#[test]
fn whether_the_time_zone_mattered_is_known() {
    let local = |text: &str| matches!(clock("Europe/Moscow", &[]).read(text), Moment::At { local: true, .. });
    assert!(local("25.11.2026") && local("2026-11-25T14:30"));
    assert!(!local("1795606200") && !local("2026-11-25T14:30Z"));
    let nowhere = Clock::default();
    assert_eq!(nowhere.read("25.11.2026"), Moment::Refused(Reason::NoZone));
    assert_eq!(seconds(&nowhere, "2026-11-25T11:30Z"), Some(1_795_606_200));
}

#[test]
fn other_spellings_of_people_and_programs() {
    let moscow = clock("Europe/Moscow", &[]);
    for text in [
        "11/25/2026 2:30 PM",
        "11/25/2026, 2:30:00\u{202f}PM",
        "25.11.2026\u{a0}14:30",
        "2026-11-25 14:30:00 +0300 MSK",
        "2026-11-25T14:30:00+03:00[Europe/Moscow]",
        "25 Nov 2026 14:30",
        "November 25 2026 14:30",
        "2026.11.25 14:30",
        "Wed Nov 25 2026 14:30:00 GMT+0300",
    ] {
        assert_eq!(seconds(&moscow, text), Some(1_795_606_200), "{text}");
    }
    for text in
        ["25.11.2026 14.30", "25.11.2026 x", "25.11.2026 14:30 soon", "x25.11.2026", "25.11.20266", "13:00 PM x"]
    {
        assert_eq!(moscow.read(text), Moment::Unknown, "{text}");
    }
    assert_eq!(moscow.read("11/25/2026 13:30 PM"), Moment::Refused(Reason::NoSuchTime));
    assert_eq!(moscow.read("01.01.1999"), Moment::Refused(Reason::TooEarly));
    assert_eq!(moscow.read("02.01.2050"), Moment::Refused(Reason::TooLate));
}

#[test]
fn no_text_is_too_odd() {
    let moscow = clock("Europe/Moscow", &[]);
    for text in [
        "",
        " ",
        "é",
        "2026-11-2é",
        "9999999999999999999999",
        "0.",
        "25.11.2026 9:0é",
        "−",
        "+é",
        "1é:30",
        "Wéd",
        "25.11.2026 14:30 é",
        "99:99",
    ] {
        let _ = moscow.read(text);
    }
}

#[test]
fn a_zones_name_is_passed_over_behind_an_offset_and_never_taken_for_the_persons_own_zone() {
    let moscow = clock("Europe/Moscow", &[]);
    assert_eq!(seconds(&moscow, "2026-11-25T14:30:00+01:00[Europe/Berlin]"), Some(1_795_613_400));
    assert_eq!(seconds(&moscow, "2026-11-25 14:30:00 GMT+0100 (CET)"), Some(1_795_613_400));
    for text in [
        "2026-11-25T14:30:00[Europe/Berlin]",
        "2026-11-25T14:30:00 [Europe/Berlin]",
        "2026-11-25 14:30:00 (CET)",
        "2026-11-25 14:30:00 CET",
        "2026-11-25 14:30:00 Europe/Berlin",
    ] {
        assert_eq!(moscow.read(text), Moment::Unknown, "{text}");
    }
}

#[test]
fn a_time_that_clocks_skip_or_show_twice_is_refused_until_its_offset_is_written_and_a_day_is_a_day() {
    let berlin = clock("Europe/Berlin", &[]);
    for (skipped, twice) in [("29.03.2026 02:30", "25.10.2026 02:30"), ("2026-03-29T02:00", "2026-10-25 02:59:59")] {
        assert_eq!(berlin.read(skipped), Moment::Refused(Reason::SkippedTime), "{skipped}");
        assert_eq!(berlin.read(twice), Moment::Refused(Reason::RepeatedTime), "{twice}");
    }
    let formatted = clock("Europe/Berlin", &["%m/%d/%Y %H:%M"]);
    assert_eq!(formatted.read("03/29/2026 02:30"), Moment::Refused(Reason::SkippedTime));
    let read = |text| seconds(&berlin, text);
    assert_eq!(read("2026-03-29 03:30 +02:00"), Some(1_774_747_800));
    assert_eq!(
        [read("2026-10-25 02:30 +02:00"), read("25.10.2026 02:30 +01:00")],
        [Some(1_792_888_200), Some(1_792_891_800)]
    );
    assert_eq!([read("29.03.2026 01:59"), read("29.03.2026 03:00")], [Some(1_774_745_940), Some(1_774_746_000)]);
    // Clocks are set at midnight there: forward on the first of these days, back on the second.
    let havana = clock("America/Havana", &[]);
    assert_eq!(seconds(&havana, "2026-03-08"), seconds(&havana, "2026-03-08 01:00"));
    assert_eq!(seconds(&havana, "2026-11-01"), seconds(&havana, "2026-11-01 00:00 -04:00"));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 4096, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_is_read_is_a_moment_that_a_shop_can_mean(
        text in proptest::string::string_regex("[0-9 TZ:./+\u{2212},apmJNDMonjanPM()\\[\\]\u{a0}\u{202f}é-]{0,30}").unwrap(),
        any in ".{0,30}",
        format in "(%[a-zA-Z%]|[./ :-]){0,6}",
    ) {
        for text in [&text, &any] {
            for clock in [clock("Europe/Moscow", &[]), clock("+14:00", &["%d/%m/%Y"]), clock("America/Sao_Paulo", &["%m/%d/%y %H:%M"])] {
                if let Moment::At { seconds, .. } = clock.read(text) {
                    proptest::prop_assert!(MEANT.contains(&seconds), "{text:?} is {seconds}");
                }
            }
            if let Ok(clock) = Clock::new(Some("UTC"), vec![format.clone()]) {
                let _ = clock.read(text);
            }
        }
    }

    #[test]
    fn a_moment_written_in_any_of_the_plain_ways_is_read_as_itself(seconds in MEANT, zone in 0..3_usize) {
        let zone = ["UTC", "Asia/Tokyo", "+05:30"][zone];
        let time = jiff::Timestamp::from_second(seconds).unwrap().to_zoned_datetime(named(zone).unwrap());
        for format in ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S%:z", "%d %b %Y %H:%M:%S %z", "%s"] {
            let text = time.strftime(format).to_string();
            match clock(zone, &[]).read(&text) {
                Moment::At { seconds: read, .. } => proptest::prop_assert_eq!(read, seconds, "{}", text),
                other => proptest::prop_assert!(false, "{} is {:?}", text, other),
            }
        }
    }
}
