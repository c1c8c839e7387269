//! `cargo xtask demo`: the plugin's main job, from beginning to end, with the documentation's own
//! example. Every command is really run, and the demo fails when one does not do what the story
//! says.

mod host;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::project::Project;
use crate::sandbox::{API_KEY, LOGIN, Sandbox};
use crate::story::Story;
use crate::{dist, needed, programs};

/// The example of the service's page on `UpdateOrderStatus`.
const INPUT: &str = r#"{"bill_id":"100000","status":"sent","date":1362254400,"rpo":"10000000000000"}"#;

/// What it has to be signed with, for the documentation's login and key: computed with PHP.
const SIGNATURE: &str = "92cea5ba30b463b8c3b234e3d2945e65";

/// An order of the sandbox's samples to which it answers as an impostor would.
const FORGED: &str = "100004";

/// Sets up, builds, and tells the story.
///
/// # Errors
/// When a step fails or does not do what the story says.
pub fn chore(project: &Project) -> Result<()> {
    let toolchain = needed::toolchain()?;
    dist::build(project, &toolchain)?;
    programs::build(project, &toolchain)?;
    let sandbox = Sandbox::start(project)?;
    Demo { project, sandbox, story: Story::new() }.tell()
}

struct Demo<'a> {
    project: &'a Project,
    sandbox: Sandbox,
    story: Story,
}

impl Demo<'_> {
    fn tell(&mut self) -> Result<()> {
        self.open()?;
        self.connection()?;
        self.before()?;
        self.change()?;
        self.wire()?;
        self.after()?;
        self.refusals()?;
        self.story.end(
            "That is all. Nothing left this machine.\n\
             For your own account, set the three variables to its address, login and key, and type the\n\
             same commands. How to get a key: docs/justclick.md. How to load the plugin elsewhere: docs/sdks.md",
        )
    }

    fn open(&mut self) -> Result<()> {
        let base = self.sandbox.base().to_owned();
        self.story.title(
            "An order's status, changed through the JustClick plugin",
            "A stand-in for JustClick runs on this machine and checks signatures as JustClick does.\n\
             Lines that begin with $ are commands that really run.",
        )?;
        self.story.command("export PLUGIN_ENV_PREFIX=JUSTCLICK")?;
        self.story.command(&format!("export JUSTCLICK_BASE_URL={base}"))?;
        self.story.command(&format!("export JUSTCLICK_LOGIN={LOGIN}"))?;
        self.story.command(&format!("export JUSTCLICK_API_KEY={API_KEY}"))
    }

    fn connection(&mut self) -> Result<()> {
        self.story.chapter("Is the connection all right?")?;
        let command = host::command(self.project, &self.sandbox, &["check"]);
        self.story.command(&host::typed(self.project, &command))?;
        let printed = host::succeeded("check", command, "")?;
        self.story.printed(&printed)?;
        let request = self.last_request()?;
        ensure!(request["function"] == "GetAllGroups", "demo: the check called {}", request["function"]);
        ensure!(request["signature_ok"] == true, "demo: the check was not signed rightly");
        Ok(())
    }

    fn before(&mut self) -> Result<()> {
        self.story.chapter("Order 100000, before")?;
        let order = self.show_order()?;
        ensure!(order["status"] == "new", "demo: order 100000 is not new");
        Ok(())
    }

    fn change(&mut self) -> Result<()> {
        self.story.chapter("It was posted on 3 March 2013, at midnight in Moscow, with a tracking number")?;
        let command = host::command(self.project, &self.sandbox, &["call", "update_order_status", "--input", "-"]);
        self.story.command(&format!("echo '{INPUT}' \\"))?;
        self.story.command_continued(&format!("| {}", host::typed(self.project, &command)))?;
        let printed = host::succeeded("call", command, INPUT)?;
        self.story.printed(&printed)
    }

    fn wire(&mut self) -> Result<()> {
        self.story.chapter("What went over the wire, as the sandbox saw it")?;
        let request = self.last_request()?;
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let (body, reply) = (text("body"), text("reply"));
        let (signed, signature) = body.rsplit_once("&hash=").context("demo: the body carries no hash")?;
        ensure!(signature == SIGNATURE, "demo: the signature is {signature}, not {SIGNATURE}");
        ensure!(request["signature_ok"] == true, "demo: the sandbox did not accept the signature");
        let answer: Value = serde_json::from_str(&reply).context("demo: the reply is not JSON")?;
        ensure!(answer["error_code"] == 0, "demo: the reply is {reply}");
        let answer_hash = answer["hash"].as_str().context("demo: the reply carries no hash")?;

        self.story.facts(&[
            ("sent to", format!("POST {}/api/{}", self.sandbox.base(), text("function"))),
            ("form", signed.to_owned()),
            ("signature", format!("&hash={signature}")),
        ])?;
        self.story.good("the sandbox computed the same signature from what it received")?;
        self.story.facts(&[("reply", reply.clone())])?;
        self.story.good(&format!("the plugin verified {answer_hash}: only the key's owner can make it"))
    }

    fn after(&mut self) -> Result<()> {
        self.story.chapter("Order 100000, after")?;
        let order = self.show_order()?;
        let expected = json!({"status": "sent", "date": 1_362_254_400, "rpo": "10000000000000"});
        for name in ["status", "date", "rpo"] {
            ensure!(order[name] == expected[name], "demo: the order's {name} is {}", order[name]);
        }
        Ok(())
    }

    fn refusals(&mut self) -> Result<()> {
        self.story.chapter("Four calls that are refused, and why")?;
        let key = |key: &'static str| ("JUSTCLICK_API_KEY", key);

        let input = json!({"bill_id": "999999", "status": "cancel"});
        let request = self.refusal("An order that does not exist", &input, None)?;
        let reply = request.context("demo: the unknown order was not asked for")?["reply"].clone();
        ensure!(reply.as_str().is_some_and(|text| text.contains("200")), "demo: the reply is {reply}");

        let input = json!({"bill_id": "100000", "status": "sent", "date": 1_362_254_400});
        let request = self.refusal("Posted, but no tracking number", &input, None)?;
        ensure!(request.is_none(), "demo: an incomplete input was sent");

        let input = json!({"bill_id": "100000", "status": "cancel"});
        let request = self.refusal("A wrong key", &input, Some(key("not-the-key-of-this-account")))?;
        let request = request.context("demo: nothing was sent with the wrong key")?;
        ensure!(request["signature_ok"] == false, "demo: the sandbox accepted the wrong key");

        let input = json!({"bill_id": FORGED, "status": "cancel"});
        let request = self.refusal("A reply that says \"done\" but is not from JustClick", &input, None)?;
        let reply = request.context("demo: nothing was sent for the forged reply")?["reply"].clone();
        let reply: Value = serde_json::from_str(reply.as_str().unwrap_or_default()).unwrap_or_default();
        ensure!(reply["error_code"] == 0, "demo: the forged reply does not claim success");

        let order = self.sandbox.order("100000")?;
        ensure!(order["status"] == "sent", "demo: a refused call changed the order");
        Ok(())
    }

    /// Makes a call that must fail. Returns the request the sandbox got, if it got one.
    fn refusal(&mut self, tried: &str, input: &Value, env: Option<(&str, &str)>) -> Result<Option<Value>> {
        let asked_before = self.sandbox.requests()?.len();
        let mut command =
            host::command(self.project, &self.sandbox, &["call", "update_order_status", "--input", &input.to_string()]);
        command.envs(env);
        let output = host::feed(command, "")?;
        ensure!(!output.status.success(), "demo: not refused: {tried}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!said.trim().is_empty(), "demo: refused without a word: {tried}");
        ensure!(!said.contains("panicked"), "demo: the host broke down: {}", said.trim());
        self.story.refused(&format!("{tried}: {input}"), &said)?;
        Ok(self.sandbox.requests()?.into_iter().nth(asked_before))
    }

    fn show_order(&mut self) -> Result<Value> {
        let order = self.sandbox.order("100000")?;
        let shown = |name: &str| match &order[name] {
            Value::Null => "–".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.story.facts(&[("status", shown("status")), ("date", shown("date")), ("tracking number", shown("rpo"))])?;
        Ok(order)
    }

    fn last_request(&self) -> Result<Value> {
        self.sandbox.requests()?.pop().context("demo: the sandbox was not asked")
    }
}
