//! The sandbox as a thing to hold: start it, look into it, drop it.

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::connection::accept_all;
use crate::http::router;
use crate::misbehaviour::Misbehaviour;
use crate::orders::{Order, Orders};
use crate::orders_file;
use crate::record::Recorded;
use crate::shop::Shop;
use crate::signature::{Account, SAMPLE_API_KEY, SAMPLE_LOGIN};
use crate::start_error::StartError;
use crate::state::State;

/// How a sandbox is to start. `Debug` hides the key.
#[derive(Clone, Debug)]
pub struct Builder {
    login: String,
    api_key: Key,
    orders: Vec<Order>,
    orders_file: Option<PathBuf>,
    shop: Shop,
    listen: SocketAddr,
    misbehaviour: Option<Misbehaviour>,
    slow: Duration,
}

#[derive(Clone)]
struct Key(String);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Builder {
    /// The account's login, any characters. [`SAMPLE_LOGIN`] unless set.
    pub fn login(mut self, login: impl Into<String>) -> Self {
        self.login = login.into();
        self
    }

    /// The account's secret key, any characters. [`SAMPLE_API_KEY`] unless set.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = Key(api_key.into());
        self
    }

    /// Adds an order. There are none unless some are added.
    pub fn order(mut self, order: Order) -> Self {
        self.orders.push(order);
        self
    }

    /// Adds the orders that come with the sandbox, 100000 in status `new` and a few more, and its
    /// products, contacts and partner.
    pub fn sample_orders(mut self) -> Self {
        self.orders.extend(orders_file::sample());
        self.shop = Shop::sample();
        self
    }

    /// What the account has beside orders: two groups unless set.
    pub fn shop(mut self, shop: Shop) -> Self {
        self.shop = shop;
        self
    }

    /// Adds the orders of a JSON file, read at [`start`](Self::start). Orders added one by one
    /// replace those of the file.
    pub fn orders_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.orders_file = Some(path.into());
        self
    }

    /// Where to listen; port 0 is a free one. `127.0.0.1:0` unless set.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// How to answer all requests to `/api/…`; overrides what orders say.
    pub fn misbehaviour(mut self, misbehaviour: Misbehaviour) -> Self {
        self.misbehaviour = Some(misbehaviour);
        self
    }

    /// The delay of [`Misbehaviour::Slow`]; 3 seconds unless set.
    pub fn slow(mut self, delay: Duration) -> Self {
        self.slow = delay;
        self
    }

    /// Starts the sandbox on threads of its own and returns when it listens.
    ///
    /// # Errors
    /// When the orders file is bad or the address can't be listened on.
    pub fn start(self) -> Result<Sandbox, StartError> {
        let orders = Orders::default();
        let from_file = self.orders_file.as_deref().map(orders_file::read).transpose()?;
        for order in from_file.into_iter().flatten().chain(self.orders) {
            orders.put(order);
        }
        let account = Account::new(self.login, self.api_key.0);
        let state = Arc::new(State::new(account, orders, self.shop, self.slow, self.misbehaviour));
        let (stop, stopped) = oneshot::channel();
        let (started, outcome) = mpsc::channel();
        let thread = {
            let (state, listen) = (Arc::clone(&state), self.listen);
            let run = move || run(listen, state, &started, stopped);
            std::thread::Builder::new().name("justclick-sandbox".to_owned()).spawn(run)
        };
        let thread = thread.map_err(StartError::Runtime)?;
        let no_word = || StartError::Runtime(std::io::Error::other("the server thread ended"));
        let address = outcome.recv().map_err(|_| no_word())??;
        Ok(Sandbox { address, state, stop: Some(stop), thread: Some(thread) })
    }
}

/// A running sandbox. Dropping it stops the server and closes its connections.
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// A sandbox on a free loopback port, with the sample account and no orders, unless told
    /// otherwise.
    pub fn builder() -> Builder {
        Builder {
            login: SAMPLE_LOGIN.to_owned(),
            api_key: Key(SAMPLE_API_KEY.to_owned()),
            orders: Vec::new(),
            orders_file: None,
            shop: Shop::bare(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            misbehaviour: None,
            slow: Duration::from_secs(3),
        }
    }

    /// `http://` and the address listened on, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The order with this number as it is now.
    pub fn order(&self, bill_id: &str) -> Option<Order> {
        self.state.orders.get(bill_id)
    }

    /// Creates an order or puts it in the place of the one with its number.
    pub fn put_order(&self, order: Order) {
        self.state.orders.put(order);
    }

    /// All orders as they are now, by their numbers.
    pub fn orders(&self) -> Vec<Order> {
        self.state.orders.all()
    }

    /// What the account has beside orders, as it is now.
    pub fn shop(&self) -> Shop {
        self.state.world(|world| world.shop.clone())
    }

    /// Puts another shop in the place of the one that is there. Orders stay.
    pub fn put_shop(&self, shop: Shop) {
        self.state.world(|world| world.shop = shop);
    }

    /// How to answer all requests to `/api/…` from now on; `None` leaves it to the orders.
    pub fn set_misbehaviour(&self, misbehaviour: Option<Misbehaviour>) {
        self.state.set_misbehaviour(misbehaviour);
    }

    /// The newest [`KEPT_REQUESTS`](crate::KEPT_REQUESTS) requests to `/api/…` and `/elsewhere`,
    /// oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.requests()
    }

    /// How many requests to `/api/…` and `/elsewhere` there were in all.
    pub fn request_count(&self) -> u64 {
        self.state.request_count()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It ends within moments, and with it every connection; a panic was printed already.
            let _ = thread.join();
        }
    }
}

/// The server thread: says how the start went, then serves until `stopped` resolves, which it does
/// when its sender is dropped.
fn run(
    listen: SocketAddr,
    state: Arc<State>,
    started: &mpsc::Sender<Result<SocketAddr, StartError>>,
    stopped: oneshot::Receiver<Infallible>,
) {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(started.send(Err(StartError::Runtime(error)))),
    };
    runtime.block_on(async {
        let bound = TcpListener::bind(listen).await;
        let bound = bound.and_then(|listener| Ok((listener.local_addr()?, listener)));
        match bound {
            Ok((address, listener)) => {
                let _ = started.send(Ok(address));
                tokio::select! {
                    _ = stopped => {}
                    () = accept_all(listener, router(state)) => {}
                }
            }
            Err(source) => drop(started.send(Err(StartError::Listen { address: listen, source }))),
        }
    });
}
