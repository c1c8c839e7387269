//! What was found: a line each.

use serde_json::{Value, json};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    Warn,
    Fail,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
struct Finding {
    status: Status,
    /// What kind of thing: `bundle`, `connection`.
    check: &'static str,
    /// Which one: a path, a name.
    subject: String,
    message: String,
    /// What to do.
    next: Option<String>,
}

/// All that was found, in the order in which it was looked at.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// It is as it should be.
    pub fn ok(&mut self, check: &'static str, subject: impl Into<String>, message: impl Into<String>) {
        self.add(Status::Ok, check, subject, message, None);
    }

    /// It works, and may not be what is meant.
    pub fn warn(
        &mut self,
        check: &'static str,
        subject: impl Into<String>,
        message: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.add(Status::Warn, check, subject, message, Some(next.into()));
    }

    /// It does not work.
    pub fn fail(
        &mut self,
        check: &'static str,
        subject: impl Into<String>,
        message: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.add(Status::Fail, check, subject, message, Some(next.into()));
    }

    fn add(
        &mut self,
        status: Status,
        check: &'static str,
        subject: impl Into<String>,
        message: impl Into<String>,
        next: Option<String>,
    ) {
        // A line each: what others have written may have several.
        let message = message.into().split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.push(Finding { status, check, subject: subject.into(), message, next });
    }

    /// Whether something does not work.
    pub fn has_failed(&self) -> bool {
        self.0.iter().any(|finding| finding.status == Status::Fail)
    }

    /// For people.
    pub fn text(&self) -> String {
        let line = |Finding { status, check, subject, message, next }: &Finding| {
            let message = message.trim_end_matches('.');
            let next = next.as_ref().map(|next| format!(". Next: {next}")).unwrap_or_default();
            format!("{:<4}  {check} {subject}: {message}{next}\n", status.as_str())
        };
        self.0.iter().map(line).collect()
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let finding = |Finding { status, check, subject, message, next }: &Finding| json!({ "status": status.as_str(), "check": check, "subject": subject, "message": message, "next": next });
        json!({ "ok": !self.has_failed(), "findings": self.0.iter().map(finding).collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_the_next_step_at_its_end_and_a_warning_fails_nothing() {
        let mut findings = Findings::default();
        findings.ok("bundle", "shop", "is whole");
        findings.warn("clock", "berlin", "is\n 40 s late.", "set it");
        assert!(!findings.has_failed() && findings.json()["ok"] == true);
        findings.fail("state", "/x", "can't be written", "name another");
        assert_eq!(
            findings.text(),
            "ok    bundle shop: is whole\nwarn  clock berlin: is 40 s late. Next: set it\nfail  state /x: can't be written. Next: name another\n"
        );
        assert_eq!((findings.has_failed(), &findings.json()["findings"][0]["next"]), (true, &Value::Null));
    }
}
