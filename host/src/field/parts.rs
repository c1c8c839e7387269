//! An input that is put together from fields and parts of fields.

use std::collections::BTreeMap;

use plugin_host_core::path::{Path, Step};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// An input, part by part. Values stay as they are written, so that no digit is lost.
#[derive(Debug, Default)]
pub struct Parts(BTreeMap<String, Part>);

#[derive(Debug)]
enum Part {
    Value(Box<RawValue>),
    List(BTreeMap<usize, Part>),
    Object(BTreeMap<String, Part>),
}

impl Parts {
    /// Puts a value where it belongs.
    ///
    /// # Errors
    /// If there is one already, of this place or of what it is a part of. The message begins with
    /// the place.
    pub fn put(&mut self, path: &Path, json: Box<RawValue>) -> Result<(), String> {
        let Some(part) = self.0.get_mut(&path.field) else {
            self.0.insert(path.field.clone(), Part::new(&path.steps, json));
            return Ok(());
        };
        part.put(&path.steps, json).map_err(|clash| match clash {
            Clash::Twice => format!("{path} is given twice: leave one out"),
            Clash::Whole(depth) => {
                let whole = Path { field: path.field.clone(), steps: path.steps[..path.steps.len() - depth].to_vec() };
                let part = if depth == 0 { "its parts".to_owned() } else { path.to_string() };
                format!("{whole} is given as a whole and by {part}: leave one out")
            }
        })
    }

    /// Whether there is a value at this place, or one that it would be a part of, or a part of it.
    pub fn has(&self, path: &Path) -> bool {
        let mut part = self.0.get(&path.field);
        for step in &path.steps {
            part = match (part, step) {
                (Some(Part::List(entries)), Step::At(place)) => entries.get(place),
                (Some(Part::Object(members)), Step::Member(name)) => members.get(name),
                (Some(Part::Value(_)), _) => return true,
                _ => None,
            };
        }
        part.is_some()
    }

    /// The value of a field that was given as a whole.
    pub fn whole(&self, field: &str) -> Option<&RawValue> {
        match self.0.get(field)? {
            Part::Value(json) => Some(json),
            Part::List(_) | Part::Object(_) => None,
        }
    }

    /// The input as JSON.
    ///
    /// # Errors
    /// If a list has a gap: an entry would come to stand in another's place.
    pub fn json(&self) -> Result<String, String> {
        for (field, part) in &self.0 {
            part.check(&Path::whole(field))?;
        }
        Ok(serde_json::to_string(&self.0).expect("texts and JSON are JSON"))
    }
}

/// Why a value has no place.
enum Clash {
    /// There is one.
    Twice,
    /// So many steps above the end there is one as a whole, or at the end there are parts.
    Whole(usize),
}

impl Part {
    fn new(steps: &[Step], json: Box<RawValue>) -> Self {
        match steps.split_first() {
            None => Self::Value(json),
            Some((Step::At(place), rest)) => Self::List(BTreeMap::from([(*place, Self::new(rest, json))])),
            // Whoever puts something into each entry says into which.
            Some((Step::Each, rest)) => Self::List(BTreeMap::from([(0, Self::new(rest, json))])),
            Some((Step::Member(name), rest)) => Self::Object(BTreeMap::from([(name.clone(), Self::new(rest, json))])),
        }
    }

    fn put(&mut self, steps: &[Step], json: Box<RawValue>) -> Result<(), Clash> {
        let (step, rest) = match (steps.split_first(), &*self) {
            (None, Self::Value(_)) => return Err(Clash::Twice),
            (None, _) => return Err(Clash::Whole(0)),
            (Some(split), _) => split,
        };
        let part = match (self, step) {
            (Self::List(entries), Step::At(place)) => match entries.get_mut(place) {
                Some(part) => part,
                None => return Ok(drop(entries.insert(*place, Self::new(rest, json)))),
            },
            (Self::Object(members), Step::Member(name)) => match members.get_mut(name) {
                Some(part) => part,
                None => return Ok(drop(members.insert(name.clone(), Self::new(rest, json)))),
            },
            _ => return Err(Clash::Whole(steps.len())),
        };
        part.put(rest, json)
    }

    fn check(&self, path: &Path) -> Result<(), String> {
        let within = |step: Step| Path { field: path.field.clone(), steps: [&path.steps[..], &[step]].concat() };
        match self {
            Self::Value(_) => Ok(()),
            Self::Object(members) => {
                members.iter().try_for_each(|(name, part)| part.check(&within(Step::Member(name.clone()))))
            }
            Self::List(entries) => (0..).zip(entries).try_for_each(|(place, (given, part))| {
                if place != *given {
                    let (missing, given) = (within(Step::At(place)), within(Step::At(*given)));
                    return Err(format!("{missing} is missing, and {given} is given: leave no gap"));
                }
                part.check(&within(Step::At(place)))
            }),
        }
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(json) => json.serialize(serializer),
            Self::List(entries) => serializer.collect_seq(entries.values()),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(given: &[(&str, &str)]) -> Result<String, String> {
        let mut parts = Parts::default();
        for (path, json) in given {
            parts.put(&Path::read(path).unwrap(), RawValue::from_string((*json).to_owned()).unwrap())?;
        }
        parts.json()
    }

    #[test]
    fn parts_become_lists_and_objects_with_every_digit_in_whatever_order_they_come() {
        let given = [
            ("id", "100000000000000000000.50"),
            ("goods[1].sku", "\"B\""),
            ("goods[0].count", "2"),
            ("goods[0].sku", "\"A\""),
            ("tags[0]", "\"new\""),
            ("address.city", "\"Bonn\""),
        ];
        assert_eq!(
            put(&given).unwrap(),
            r#"{"address":{"city":"Bonn"},"goods":[{"count":2,"sku":"A"},{"sku":"B"}],"id":100000000000000000000.50,"tags":["new"]}"#
        );
    }

    #[test]
    fn what_has_no_place_is_told_in_a_line() {
        for (given, told) in [
            (vec![("a[0]", "1"), ("a[2]", "1")], "a[1] is missing, and a[2] is given"),
            (vec![("a[1].b", "1")], "a[0] is missing, and a[1] is given"),
            (vec![("a", "1"), ("a", "1")], "a is given twice"),
            (vec![("a[0].b", "1"), ("a[0].b", "1")], "a[0].b is given twice"),
            (vec![("a", "[]"), ("a[0].b", "1")], "a is given as a whole and by a[0].b"),
            (vec![("a[0].b", "1"), ("a", "[]")], "a is given as a whole and by its parts"),
            (vec![("a[0]", "{}"), ("a[0].b", "1")], "a[0] is given as a whole and by a[0].b"),
            (vec![("a[0].b", "1"), ("a[0]", "{}")], "a[0] is given as a whole and by its parts"),
        ] {
            let why = put(&given).unwrap_err();
            assert!(why.starts_with(told), "{why}");
        }
    }

    #[test]
    fn whether_something_is_there_is_known_of_parts_too() {
        let mut parts = Parts::default();
        for path in ["a", "b[0].c"] {
            parts.put(&Path::read(path).unwrap(), RawValue::from_string("1".to_owned()).unwrap()).unwrap();
        }
        for (path, there) in
            [("a", true), ("a[0].b", true), ("b", true), ("b[0].c", true), ("b[0].d", false), ("b[1].c", false)]
        {
            assert_eq!(parts.has(&Path::read(path).unwrap()), there, "{path}");
        }
        assert!(parts.whole("a").is_some() && parts.whole("b").is_none());
    }
}
