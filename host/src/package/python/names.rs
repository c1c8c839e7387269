//! How things are called in Python that a description calls otherwise.

/// Python's keywords, which can't be names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What `pip install` is told: `shop` becomes `shop-plugin`.
pub fn distribution(name: &str) -> String {
    format!("{name}-plugin").replace('_', "-")
}

/// What is imported: `shop` becomes `shop_plugin`.
pub fn module(name: &str) -> String {
    format!("{name}_plugin").replace('-', "_")
}

/// The words of a text as the name of a class: `Updated order` becomes `UpdatedOrder`.
pub fn camel(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .flat_map(|word| word.chars().take(1).map(|first| first.to_ascii_uppercase()).chain(word.chars().skip(1)))
        .collect()
}

/// The class of a plugin: its title, or its name where people write the title in other letters than Python does.
pub fn class(title: &str, name: &str) -> String {
    let made = if title.is_ascii() { camel(title) } else { String::new() };
    let made = if made.starts_with(|first: char| first.is_ascii_alphabetic()) { made } else { camel(name) };
    if is_keyword(&made) { format!("{made}Plugin") } else { made }
}

/// A text as a name of Python that is not taken: `from` becomes `from_`, and `bill-id` `bill_id`.
pub fn identifier(text: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let found: String = text.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    let mut found = match found.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => found,
        _ => format!("field_{}", found.trim_start_matches('_')),
    };
    while is_keyword(&found) || is_taken(&found) {
        found.push('_');
    }
    found
}

/// Whether a text may stand for itself where Python wants a name.
pub fn is_identifier(text: &str) -> bool {
    let plain = text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    plain && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && !is_keyword(text)
}

fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_the_title_of_its_plugin_or_else_its_name() {
        for (title, name, expected) in [
            ("PaperBoat", "paperboat", "PaperBoat"),
            ("My shop", "my-shop", "MyShop"),
            ("shop.example", "shop", "ShopExample"),
            ("Магазин", "magazin", "Magazin"),
            ("1C", "one-c", "OneC"),
            ("None", "none", "NonePlugin"),
        ] {
            assert_eq!(class(title, name), expected);
        }
    }

    #[test]
    fn distribution_and_module_have_the_name_of_the_plugin() {
        assert_eq!(distribution("my_shop-2"), "my-shop-2-plugin");
        assert_eq!(module("my_shop-2"), "my_shop_2_plugin");
    }

    #[test]
    fn a_name_that_python_keeps_or_that_is_taken_gets_a_line_behind_it() {
        let named = |text: &str| identifier(text, |found| found == "self");
        for (text, expected) in [
            ("from", "from_"),
            ("self", "self_"),
            ("bill-id", "bill_id"),
            ("2fa", "field_2fa"),
            ("", "field_"),
            ("__x", "field_x"),
            ("имя", "field_"),
            ("a\nimport os", "a_import_os"),
        ] {
            assert_eq!(named(text), expected);
        }
    }
}
