//! What the command is told.

use shop_service::Service;

use crate::support::{justclick, order, run, sandbox, shop};

#[test]
fn what_can_not_be_listened_to_is_told_with_what_can() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    for (args, code, told) in [
        (
            &["order_lost"][..],
            10,
            "has no trigger order_lost. Did you mean order_created? Its triggers: order_created, order_paid.",
        ),
        (&["order_paid"], 2, "say where to receive that with --listen ADDRESS:PORT"),
        (&["order_paid", "--once"], 2, "--once is for what can be asked for"),
        (&["order_created", "--listen", "127.0.0.1:0"], 2, "--listen is for triggers of which the service tells"),
        (&["order_created", "--once", "--listen", "127.0.0.1:0"], 2, "cannot be used with"),
        (&["order_created", "--every", "0s"], 2, "from 1s to 24h"),
        (&["order_created", "--start", "yesterday"], 2, "none of now, beginning, UNIX seconds"),
        (&["order_created", "--start", "05/11/2026"], 2, "month or day first"),
        (&["order_created", "--field", "customer=nobody", "--once"], 10, "customer"),
        (&["order_created", "--field", "colour=red", "--once"], 10, "colour"),
        (
            &["order_created", "order_paid", "--field", "colour=red", "--listen", "127.0.0.1:0"],
            2,
            "none of order_created, order_paid has a field colour",
        ),
        (&[], 2, "<TRIGGER>"),
    ] {
        let ended = run(shop(&service, &state), args);
        assert_eq!(ended.code, Some(code), "{args:?}: {}", ended.said);
        assert!(ended.said.contains(told) && ended.events.is_empty(), "{args:?}: {}", ended.said);
    }
}

#[test]
fn of_several_triggers_each_has_the_fields_that_it_knows() {
    let (sandbox, folder) = (sandbox(1..=1), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.sqlite");
    let args = ["new_order", "paid_order", "new_order", "--start", "beginning", "--once"];
    let ended = run(justclick(&sandbox, &state), &args).with_code(0);
    assert_eq!(ended.ids(), ["created:1"]);
    let none = [&args[..], &["--field", "product_numbers[0]=99"]].concat();
    let state = folder.path().join("other.sqlite");
    assert!(run(justclick(&sandbox, &state), &none).with_code(0).events.is_empty());
}

#[test]
fn a_time_is_taken_as_people_write_it() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    order(&service, ["r-1".to_owned()]);
    for (start, count) in [("25.11.2000 14:30", 1), ("2049-11-25", 0), ("0", 1)] {
        let state = folder.path().join(format!("state{}", start.len()));
        let start = format!("--start={start}");
        let ended = run(shop(&service, &state), &["order_created", "--timezone", "Europe/Moscow", "--once", &start]);
        assert_eq!(ended.with_code(0).events.len(), count, "{start}");
    }
}

#[test]
fn without_a_file_named_it_is_where_such_files_are_and_another_trigger_has_another() {
    let (service, folder) = (Service::start().unwrap(), tempfile::tempdir().unwrap());
    let named = folder.path().join("named.sqlite");
    let mut command = shop(&service, &named);
    let args: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
    let (program, envs): (_, Vec<_>) = (
        command.get_program().to_owned(),
        command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect(),
    );
    command = std::process::Command::new(program);
    command.env_clear().envs(envs).env("XDG_STATE_HOME", folder.path()).args(&args[..args.len() - 2]);
    run(command, &["order_created", "--once"]).with_code(0);
    let files: Vec<_> = std::fs::read_dir(folder.path().join("plugin-host")).unwrap().collect();
    let name = files[0].as_ref().unwrap().file_name().into_string().unwrap();
    assert!(files.len() == 1 && name.starts_with("listen-shop-") && name.ends_with(".sqlite"), "{name}");
}
