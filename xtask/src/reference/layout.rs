//! JSON as people write it: on one line where it fits.

use serde_json::Value;

/// The longest line.
const WIDTH: usize = 120;

/// A value on one line.
pub fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("{}: {}", key(name), inline(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A value on as many lines as it takes.
pub fn lines(value: &Value) -> String {
    laid_out(value, 0, 0)
}

/// `before` columns of its first line are taken.
fn laid_out(value: &Value, indent: usize, before: usize) -> String {
    let one = inline(value);
    if indent + before + one.len() < WIDTH {
        return one;
    }
    let pad = " ".repeat(indent + 2);
    let (parts, open, close): (Vec<_>, _, _) = match value {
        Value::Object(members) => {
            let part = |(name, value): (&String, &Value)| {
                let name = format!("{}: ", key(name));
                format!("{pad}{name}{}", laid_out(value, indent + 2, name.len()))
            };
            (members.iter().map(part).collect(), '{', '}')
        }
        Value::Array(elements) => {
            let part = |element| format!("{pad}{}", laid_out(element, indent + 2, 0));
            (elements.iter().map(part).collect(), '[', ']')
        }
        _ => return one,
    };
    format!("{open}\n{}\n{}{close}", parts.join(",\n"), " ".repeat(indent))
}

fn key(name: &str) -> String {
    Value::from(name).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stands_on_one_line_and_what_does_not_on_several() {
        assert_eq!(lines(&json!({ "a": [1, "b"], "c": {} })), r#"{ "a": [1, "b"], "c": {} }"#);
        let long = "x".repeat(100);
        assert_eq!(lines(&json!({ "a": [1], "b": long })), format!("{{\n  \"a\": [1],\n  \"b\": \"{long}\"\n}}"));
    }
}
