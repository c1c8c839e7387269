//! What the programs that ask the lists say, as JSON.

use serde_json::Value;

/// What a list says.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was asked: what is listed, by its id, and of what.
    Listed(Vec<(String, String)>),
    /// It could not be asked, and why.
    NotAsked(String),
}

type Said = Result<String, String>;

/// Of `cargo audit --json`.
pub fn of_cargo(said: &Said) -> Answer {
    read(said, |answer| {
        let list = answer["vulnerabilities"]["list"].as_array()?;
        let listed = |entry: &Value| (text(&entry["advisory"]["id"]), text(&entry["package"]["name"]));
        Some(list.iter().map(listed).collect())
    })
}

/// Of `npm audit --json`.
pub fn of_npm(said: &Said) -> Answer {
    read(said, |answer| {
        let packages = answer["vulnerabilities"].as_object()?;
        let mut listed = Vec::new();
        for (name, package) in packages {
            // A package that only depends on one that is listed names that one.
            let advisories = package["via"].as_array().into_iter().flatten().filter(|via| via.is_object());
            listed.extend(advisories.map(|via| {
                let id = text(&via["url"]).rsplit('/').next().unwrap_or_default().to_owned();
                (id, format!("{name}: {}", text(&via["title"])))
            }));
        }
        Some(listed)
    })
}

/// Of `pip-audit --format json`. A package that it passes over is not asked about.
pub fn of_pip(said: &Said) -> Answer {
    let skipped = std::cell::RefCell::new(None);
    let answer = read(said, |answer| {
        let mut listed = Vec::new();
        for package in answer["dependencies"].as_array()? {
            if let Some(why) = package["skip_reason"].as_str() {
                skipped.borrow_mut().get_or_insert(why.to_owned());
            }
            let advisories = package["vulns"].as_array().into_iter().flatten();
            listed.extend(advisories.map(|advisory| (text(&advisory["id"]), text(&package["name"]))));
        }
        Some(listed)
    });
    match (answer, skipped.into_inner()) {
        (Answer::Listed(listed), Some(why)) if listed.is_empty() => Answer::NotAsked(why),
        (answer, _) => answer,
    }
}

fn read(said: &Said, list: impl FnOnce(&Value) -> Option<Vec<(String, String)>>) -> Answer {
    let said = match said {
        Ok(said) => said,
        Err(why) => return Answer::NotAsked(why.clone()),
    };
    // pip-audit tells in a line before it what it thinks of the file.
    let json = said.find('{').map_or("", |begin| &said[begin..]);
    let Ok(answer) = serde_json::from_str::<Value>(json) else {
        return Answer::NotAsked(said.lines().last().unwrap_or_default().to_owned());
    };
    match list(&answer) {
        Some(listed) => Answer::Listed(listed),
        None => {
            let told = [&answer["message"], &answer["error"]["summary"]];
            Answer::NotAsked(told.into_iter().find_map(Value::as_str).unwrap_or("it gives no list").to_owned())
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        Ok(text.to_owned())
    }

    fn listed(entries: &[(&str, &str)]) -> Answer {
        Answer::Listed(entries.iter().map(|(id, of)| ((*id).to_owned(), (*of).to_owned())).collect())
    }

    #[test]
    fn what_is_listed_is_named() {
        let cargo = r#"{"vulnerabilities":{"found":true,"count":1,"list":[{"advisory":{"id":"RUSTSEC-2023-0071"},"package":{"name":"rsa"}}]}}"#;
        assert_eq!(of_cargo(&said(cargo)), listed(&[("RUSTSEC-2023-0071", "rsa")]));
        let npm = r#"{"vulnerabilities":{"a":{"via":[{"url":"https://github.com/advisories/GHSA-1","title":"T"}]},"b":{"via":["a"]}}}"#;
        assert_eq!(of_npm(&said(npm)), listed(&[("GHSA-1", "a: T")]));
        let pip = "No known …\n{\"dependencies\":[{\"name\":\"jinja2\",\"version\":\"2\",\"vulns\":[{\"id\":\"PYSEC-1\"}]},{\"name\":\"a\",\"vulns\":[]}]}";
        assert_eq!(of_pip(&said(pip)), listed(&[("PYSEC-1", "jinja2")]));
        assert_eq!(of_cargo(&said(r#"{"vulnerabilities":{"list":[]}}"#)), listed(&[]));
    }

    #[test]
    fn a_list_that_could_not_be_asked_is_not_clean() {
        let not_asked = |answer, why: &str| assert_eq!(answer, Answer::NotAsked(why.to_owned()));
        not_asked(of_cargo(&Err("error: couldn't fetch".to_owned())), "error: couldn't fetch");
        not_asked(
            of_npm(&said(r#"{"message":"405 Method Not Allowed","error":{"summary":""}}"#)),
            "405 Method Not Allowed",
        );
        not_asked(of_npm(&said("npm is out of order")), "npm is out of order");
        // pip-audit itself says then that it knows of nothing.
        not_asked(of_pip(&said(r#"{"dependencies":[{"name":"a","skip_reason":"not found"}]}"#)), "not found");
    }
}
