//! A command that listens, what it prints, and the services that it listens to.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use justclick_sandbox::{Item, Order, OrderData, Sandbox, Shop};
use serde_json::{Value, json};
use shop_service::{SAMPLE_TOKEN, Service};

use crate::common::plugin_host;

/// The shop's bundle.
pub const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/plugins/shop/extism.json");

/// When the sandbox's orders were made.
pub const CREATED: u64 = 1_362_254_400;

/// The command with nothing in its environment but a connection to the made-up shop.
pub fn shop(service: &Service, state: &Path) -> Command {
    assert!(Path::new(SHOP).exists(), "there is no bundle: run `cargo xtask dist`");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugin-host"));
    command.env_clear().env("SHOP_ADDRESS", service.base_url()).env("SHOP_TOKEN", SAMPLE_TOKEN);
    command.args(["--bundle", SHOP, "--env-prefix", "SHOP", "listen"]).arg("--state").arg(state);
    command
}

/// The same with a connection to the sandbox.
pub fn justclick(sandbox: &Sandbox, state: &Path) -> Command {
    let mut command = plugin_host(sandbox);
    command.arg("listen").arg("--state").arg(state);
    command
}

/// Orders of the made-up shop, made now, however often the service has to be asked; their numbers.
pub fn order(service: &Service, requests: impl IntoIterator<Item = String>) -> Vec<String> {
    let (agent, url) = (agent(), format!("{}/orders", service.base_url()));
    let make = |request_id: String| {
        let order = json!({ "request_id": request_id, "customer": "7", "goods": [{ "sku": "A-101", "count": 1 }] });
        let ask = |_| {
            let asked = agent.post(&url).header("authorization", SAMPLE_TOKEN).send(order.to_string());
            asked.ok().filter(|answer| answer.status().is_success())
        };
        let mut answer = (0..10).find_map(ask).expect("an order is made");
        let made: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    requests.into_iter().map(make).collect()
}

/// The sandbox with these orders, which are for something and by somebody.
pub fn sandbox(orders: impl IntoIterator<Item = u32>) -> Sandbox {
    let order = |number: u32| {
        let mut order = Order::new(number.to_string());
        let item =
            Item { good_name: "invoice".into(), title: "Invoice".into(), sum: "1500.00".into(), ..Item::default() };
        order.data = OrderData {
            email: "a@shop.example".into(),
            created: Some(CREATED),
            items: vec![item],
            ..OrderData::default()
        };
        order
    };
    orders.into_iter().fold(Sandbox::builder(), |sandbox, number| sandbox.order(order(number))).start().unwrap()
}

/// Says to the sandbox where it is to tell of an event.
pub fn tell(sandbox: &Sandbox, event: &str, url: &str) {
    let webhooks = [(event.to_owned(), vec![url.to_owned()])].into();
    sandbox.put_shop(Shop { webhooks, ..sandbox.shop() });
}

/// Asks something of the sandbox beside its service.
pub fn control(sandbox: &Sandbox, what: &str, body: Value) -> Value {
    let mut answer = agent().post(format!("{}/control/{what}", sandbox.base_url())).send(body.to_string()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    assert_eq!(answer.status(), 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// An order of the sandbox is paid now, and its webhooks are sent: their numbers.
pub fn pay(sandbox: &Sandbox, number: u32) -> Vec<u64> {
    let paid = control(sandbox, "events", json!({ "event": "order_paid", "bill_id": number.to_string() }));
    paid["deliveries"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect()
}

/// A client that takes every answer.
pub fn agent() -> ureq::Agent {
    let config =
        ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60)));
    config.proxy(None).build().into()
}

/// What ended: its exit code, its events, and what it said.
pub struct Ended {
    pub code: Option<i32>,
    pub events: Vec<Value>,
    pub said: String,
}

impl Ended {
    #[track_caller]
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.said);
        self
    }

    #[track_caller]
    pub fn telling(self, part: &str) -> Self {
        assert!(self.said.contains(part), "{part:?} is not in:\n{}", self.said);
        self
    }

    pub fn ids(&self) -> Vec<String> {
        ids(&self.events)
    }
}

/// The ids of events.
pub fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

/// Runs a command to its end.
pub fn run(mut command: Command, args: &[&str]) -> Ended {
    Listener::start(command.args(args)).ended()
}

/// A command that listens; it is killed when this is dropped.
pub struct Listener {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Listener {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (lines, said) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<String>>::default());
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (printed, told) = (lines.clone(), said.clone());
        let readers = vec![
            std::thread::spawn(move || {
                let mut stdout = BufReader::new(stdout);
                let mut line = String::new();
                // Half of a line, of a process that was killed, is none.
                while stdout.read_line(&mut line).is_ok_and(|length| length > 0) && line.ends_with('\n') {
                    printed.lock().unwrap().push(std::mem::take(&mut line));
                }
            }),
            std::thread::spawn(move || {
                let (mut stderr, mut part) = (stderr, [0; 4096]);
                while let Ok(length @ 1..) = stderr.read(&mut part) {
                    told.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..length]));
                }
            }),
        ];
        Self { child, lines, said, readers }
    }

    /// What it has printed so far.
    pub fn events(&self) -> Vec<Value> {
        self.lines.lock().unwrap().iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    pub fn ids(&self) -> Vec<String> {
        ids(&self.events())
    }

    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said something.
    #[track_caller]
    pub fn until_it_says(&mut self, part: &str) -> &mut Self {
        self.until(part, |this| this.said().contains(part))
    }

    /// Waits until it has printed so many events.
    #[track_caller]
    pub fn until_events(&mut self, count: usize) -> &mut Self {
        self.until(&format!("{count} events"), |this| this.lines.lock().unwrap().len() >= count)
    }

    #[track_caller]
    pub fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) -> &mut Self {
        let begun = Instant::now();
        while !is(self) {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("it ended ({status}) before there was {what}:\n{}", self.said());
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "there is no {what}:\n{}{:?}", self.said(), self.ids());
            std::thread::sleep(Duration::from_millis(5));
        }
        self
    }

    /// The address at which it receives a trigger's webhooks.
    #[track_caller]
    pub fn address(&mut self, trigger: &str) -> String {
        let begin = format!("note: {trigger} is received at ");
        self.until_it_says(&begin);
        self.until("a whole address", |this| this.said().split(&begin).nth(1).is_some_and(|rest| rest.contains('\n')));
        let said = self.said();
        said.split(&begin).nth(1).unwrap().lines().next().unwrap().to_owned()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.child.id())).status().unwrap();
        assert!(sent.success());
    }

    /// Kills it without a warning: what it had printed by then.
    pub fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.ended()
    }

    /// Asks it to end.
    pub fn stop(self) -> Ended {
        self.signal("INT");
        self.ended()
    }

    pub fn ended(mut self) -> Ended {
        let status: ExitStatus = self.wait();
        for reader in std::mem::take(&mut self.readers) {
            reader.join().unwrap();
        }
        Ended { code: status.code(), events: self.events(), said: self.said() }
    }

    fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not end:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The orders whose webhooks were answered with a 2xx.
pub fn answered(sandbox: &Sandbox) -> Vec<String> {
    let mut answer = agent().get(format!("{}/control/deliveries", sandbox.base_url())).call().unwrap();
    let all: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    let is_taken =
        |delivery: &&Value| delivery["attempts"].as_array().unwrap().iter().any(|attempt| attempt["status"] == 200);
    let number = |delivery: &Value| {
        let body = delivery["body"].as_str().unwrap();
        body.split('&').find_map(|field| field.strip_prefix("id=")).unwrap().to_owned()
    };
    all["deliveries"].as_array().unwrap().iter().filter(is_taken).map(number).collect()
}
