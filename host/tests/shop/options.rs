//! What a field may be set to.

use serde_json::{Value, json};

use crate::support::{run, service};

#[test]
fn the_choices_of_a_field_are_listed_and_looked_through() {
    let service = service();
    let (code, stdout, stderr) = run(&service, &["options", "create_order", "customer", "Anna B"]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "value  title\n2      Anna Baker\n", ""));
    let (_, stdout, _) = run(&service, &["--json", "options", "create_order", "customer"]);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&stdout).unwrap().len(), 250);
}

#[test]
fn a_field_of_a_line_has_choices_too_and_is_looked_through_here_where_the_read_can_not() {
    let service = service();
    for field in ["goods[].sku", "goods[1].sku", "goods.sku"] {
        let (code, stdout, stderr) =
            run(&service, &["--json", "options", "create_order", field, "TEAPOT", "--limit", "2"]);
        assert_eq!(code, 0, "{stderr}");
        let expected =
            json!([{ "value": "A-101", "title": "Teapot, white" }, { "value": "A-102", "title": "Teapot, blue" }]);
        assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap(), expected);
    }
}

#[test]
fn a_field_without_choices_is_told_with_those_that_have_some() {
    let service = service();
    let (code, _, stderr) = run(&service, &["options", "create_order", "gift"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains(
            "nothing lists the choices of gift; those fields of create_order have some: customer, goods[].sku"
        ),
        "{stderr}"
    );
    assert_eq!(run(&service, &["options", "fly", "customer"]).0, 10);
    assert!(service.requests().is_empty());
}

#[test]
fn a_refused_value_is_told_with_the_command_that_lists_the_choices() {
    let service = service();
    let args = ["call", "create_order", "--field=request_id=r-1", "--field=customer=seven", "--field=goods[0].count=1"];
    let (code, _, stderr) = run(&service, &args);
    assert_eq!(code, 10, "{stderr}");
    for told in
        ["(see: plugin-host options create_order customer)", "(see: plugin-host options create_order 'goods[].sku')"]
    {
        assert!(stderr.contains(told), "{told} is not in {stderr}");
    }
    let (_, stdout, _) = run(&service, &["describe"]);
    assert!(
        stdout.contains("goods[].sku") && stdout.contains("Choices: plugin-host options create_order 'goods[].sku'."),
        "{stdout}"
    );
}
