//! What holds for any input, any configuration and any reply.

use justclick::PLUGIN;
use plugin_kit::tools;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::support::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_crashes(input in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), "[{}\\[\\]\":,.\\\\a-z0-9 -]{0,80}".prop_map(String::into_bytes)]) {
        let service = Service::new(200, "");
        let error = PLUGIN.run("update_order_status", &input, &config, &service).unwrap().unwrap_err();
        prop_assert!(service.sent.borrow().is_empty(), "{}", error.to_json());
        tools::call(&PLUGIN, &input, &config, &service);
    }

    #[test]
    fn no_text_that_is_sent_has_a_character_that_nobody_sees(rpo in "[\\PC\\pC\\pZ]{0,8}", bill_id in "[0-9\\pZ\\pC]{1,8}") {
        let service = Service::new(200, "");
        let input = json!({ "bill_id": bill_id, "status": "sent", "date": 1_362_254_400, "rpo": rpo });
        let _ = run(&input.to_string(), &service);
        for (_, body) in service.sent.borrow().iter() {
            let sent: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
            for (name, value) in sent {
                prop_assert!(!value.is_empty() && value.trim() == value, "{}", name);
                let odd = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || "\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202e}\u{2060}\u{feff}".contains(c);
                prop_assert!(!value.contains(odd), "{}: {:?}", name, value);
            }
        }
    }

    #[test]
    fn any_digits_are_sent_as_they_are(bill_id in "0{0,3}[1-9][0-9]{0,16}", rpo in "[0-9]{1,64}", number in 1..1_u64 << 53) {
        let service = Service::new(200, "");
        let exact = number.to_string();
        for rpo in [json!(rpo), json!(number)] {
            let input = json!({ "bill_id": bill_id, "status": "sent", "date": 1_362_254_400, "rpo": rpo });
            let _ = run(&input.to_string(), &service);
            let (_, body) = service.sent.borrow_mut().pop().unwrap();
            let digits = rpo.as_str().unwrap_or(&exact);
            let expected = format!("bill_id={bill_id}&status=sent&date=1362254400&rpo={digits}&hash=");
            prop_assert!(body.starts_with(&expected), "{}", body);
        }
    }

    #[test]
    fn a_number_that_a_program_has_shortened_is_never_sent(
        number in 1.0..1e20_f64, exponent in select(vec!["e", "E"]), point in select(vec![".", ","]), digits in 1..15_usize,
    ) {
        let service = Service::new(200, "");
        let shortened = format!("{number:.digits$e}").replace('e', exponent).replace('.', point);
        for text in [shortened.clone(), shortened.replace(exponent, &format!("{exponent}+")), format!("{number:.1}").replace('.', point).replace(".5", ".0")] {
            if text.contains(exponent) || text.ends_with('0') {
                let input = json!({ "bill_id": 1, "status": "sent", "date": 1_362_254_400, "rpo": text });
                prop_assert!(run(&input.to_string(), &service).is_err());
                prop_assert!(service.sent.borrow().is_empty(), "{}", text);
            }
        }
    }

    #[test]
    fn a_date_time_is_the_moment_that_another_library_reads(
        year in 2000..2050_u32, month in 1..13_u32, day in 1..32_u32, hour in 0..24_u32, minute in 0..60_u32, second in 0..60_u32,
    ) {
        let local = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        let expected = humantime::parse_rfc3339_weak(&local).ok().map(|moment| moment.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs());
        let service = Service::new(200, "");
        let _ = run(&json!({ "bill_id": 1, "status": "paid", "date": format!("{local}Z") }).to_string(), &service);
        let sent = service.sent.borrow().first().map(|(_, body)| body.clone());
        match expected {
            Some(seconds) => prop_assert!(sent.unwrap().contains(&format!("&date={seconds}&")), "{}", local),
            None => prop_assert_eq!(sent, None, "{}", local),
        }
    }

    #[test]
    fn no_configuration_crashes_and_its_key_stays_hidden(
        login in prop::collection::vec(any::<u8>(), 0..20),
        key in prop::collection::vec(any::<u8>(), 0..40),
        base_url in prop_oneof![prop::collection::vec(any::<u8>(), 0..60), "(https?://)?[a-z0-9.:@/\\[\\]?#-]{0,30}".prop_map(String::into_bytes)],
    ) {
        let config = |name: &str| Some(match name {
            "login" => login.clone(),
            "api_key" => key.clone(),
            "base_url" => base_url.clone(),
            _ => return None,
        });
        let outcome = PLUGIN.run("update_order_status", INPUT.as_bytes(), &config, &Service::new(0, "reset")).unwrap();
        let json = outcome.unwrap_err().to_json();
        if let Ok(key) = String::from_utf8(key) && key.trim().chars().count() > 8 {
            prop_assert!(!json.contains(key.trim()), "{}", json);
        }
    }

    #[test]
    fn no_reply_crashes_or_passes_for_a_success(status in prop_oneof![Just(200), any::<u16>()], body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "\\{\"error_code\":(0|\"0\"|-?[0-9]{1,25}|null),\"error_text\":(\"[ -~]{0,9}\"|null),\"hash\":\"[0-9a-f]{0,33}\"(,\"result\":[\\[\\]{}\",:0-9]{0,9})?\\}".prop_map(String::into_bytes),
    ]) {
        prop_assert!(run(INPUT, &Service::new(status, body)).is_err());
    }
}
