//! One call of an action: what it was given, what it may do, and what its failures mean.

use std::cell::Cell;

use crate::error::{Effect, Error, Kind, Problem, Upstream, presentable};
use crate::field::Field;
use crate::http::{Failure, Request, Response, Transport, percent_encode};
use crate::json::{self, Members, Object};
use crate::reply;
use crate::secret::{Secret, Secrets};
use crate::values::{Value, Values};

/// A call whose input and connection follow the rules.
pub struct Call<'a> {
    pub(crate) about: About<'a>,
    pub(crate) connection: &'a Values,
    pub(crate) secrets: &'a Secrets,
    pub(crate) input: &'a Values,
    pub(crate) transport: &'a dyn Transport,
    /// Whether a request was made that may change something.
    pub(crate) may_have_changed: Cell<bool>,
}

/// What messages and requests say of the plugin and the action.
pub(crate) struct About<'a> {
    /// The service, as people call it.
    pub service: &'a str,
    /// What a connection is called.
    pub account: &'a str,
    /// The field with the address that requests go to: its name and its title.
    pub origin: (&'a str, &'a str),
    /// The connection's fields.
    pub keys: &'static [Field],
    /// The plugin's name and version, by which requests say who makes them.
    pub plugin: (&'a str, &'a str),
    /// Whether nothing is changed.
    pub is_read: bool,
    /// What is changed, if that has a name.
    pub thing: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// The input.
    pub fn input(&self) -> &'a Values {
        self.input
    }

    /// A value of the connection; empty if there is none.
    ///
    /// # Panics
    /// If the connection has no field of that name: it would be empty for everybody.
    pub fn config(&self, name: &str) -> &'a str {
        if !self.about.keys.iter().any(|field| field.name() == name) {
            undeclared(name);
        }
        self.connection.text(name)
    }

    /// A secret of the connection.
    ///
    /// # Panics
    /// As [`Call::config`].
    pub fn secret(&self, name: &str) -> Secret {
        Secret::new(self.config(name).to_owned())
    }

    /// All of the connection's secrets, to be taken out of what is shown.
    pub fn secrets(&self) -> &'a Secrets {
        self.secrets
    }

    /// The service, as people call it.
    pub fn service(&self) -> &'a str {
        self.about.service
    }

    /// The address that requests go to, without a slash at its end.
    pub fn origin(&self) -> &'a str {
        self.connection.text(self.about.origin.0)
    }

    /// A POST to a path of the connection's address.
    pub fn post(&self, path: &str) -> Draft<'_> {
        self.request("POST", path)
    }

    /// A GET of a path of the connection's address.
    pub fn get(&self, path: &str) -> Draft<'_> {
        self.request("GET", path)
    }

    /// A GET that changes nothing, also in an action that does: a look before the change. Until another
    /// request is made, whatever fails has no effect.
    pub fn look(&self, path: &str) -> Draft<'_> {
        Draft { looks: true, ..self.get(path) }
    }

    /// A request to a path of the connection's address, by a method such as `PUT`.
    pub fn request(&self, method: &'static str, path: &str) -> Draft<'_> {
        Draft::new(self, method, [self.origin(), path].concat())
    }

    /// Whether it can't change anything.
    pub fn is_read(&self) -> bool {
        self.about.is_read
    }

    /// Whether nothing can have been changed so far.
    pub(crate) fn has_no_effect(&self) -> bool {
        self.is_read() || !self.may_have_changed.get()
    }

    /// `told` with what is not known of a change, each a whole sentence, and `next` to do.
    #[cold]
    #[inline(never)]
    pub fn in_doubt(&self, told: &str, next: &str) -> String {
        let doubt = if self.has_no_effect() { "" } else { ", so it is not known whether the change was made" };
        [told, doubt, ". ", next].concat()
    }

    /// What to do about a service that gave no answer. A repeat of a change may come after a later
    /// one.
    fn again(&self) -> String {
        match self.thing() {
            Some(thing) => ["Try again, unless the ", thing, " was changed since."].concat(),
            None => "Try again.".to_owned(),
        }
    }

    /// What the action changes, if it changes anything that has a name.
    pub fn thing(&self) -> Option<&'a str> {
        self.about.thing
    }

    /// What a response means that is no success: the contract's kinds for HTTP statuses, and for
    /// having no response.
    #[cold]
    #[inline(never)]
    pub fn failure(&self, response: &Response) -> Error {
        let status = response.status;
        if status == 0 {
            return self.no_response(response);
        }
        let service = self.about.service;
        let (kind, message) = match status {
            401 | 403 => (
                Kind::Auth,
                format!("{service} did not accept who calls (HTTP {status}). Check the {}.", self.account()),
            ),
            404 | 410 => {
                let thing = self.thing().unwrap_or("thing");
                (Kind::NotFound, format!("{service} has no such {thing} (HTTP {status}). Check which one is meant."))
            }
            429 => (Kind::Throttled, format!("{service} takes no more requests for now (HTTP 429). Try again later.")),
            408 | 423 | 425 | 500..=599 => {
                (Kind::Unavailable, self.in_doubt(&format!("{service} is out of order (HTTP {status})"), &self.again()))
            }
            // Hosts that know where to add that at the end.
            300..=399 => (
                Kind::UnexpectedReply,
                format!(
                    "{} sends requests elsewhere (HTTP {status}), and the plugin does not follow. Set the {} to the address that it leads to: with https, and the account's own.",
                    self.origin(),
                    self.address()
                ),
            ),
            400..=499 => (
                Kind::Rejected,
                format!("{service} refused the request (HTTP {status}). Check the values of the fields."),
            ),
            _ => return self.unexpected(response, "The answer is of no known kind"),
        };
        Error::new(kind, message).with_upstream(self.upstream(response))
    }

    /// An answer's body as a JSON object.
    ///
    /// # Errors
    /// [`Kind::UnexpectedReply`] if it is none.
    pub fn members<'r>(&self, response: &'r Response) -> Result<Members<'r>, Error> {
        let members = std::str::from_utf8(&response.body).ok().and_then(|text| Members::parse(text).ok());
        members.ok_or_else(|| self.unexpected(response, "The answer is not the JSON object that was expected"))
    }

    /// What stands at a JSON pointer in an answer, as it was written; with an empty one all of it, an object or a
    /// list.
    ///
    /// # Errors
    /// [`Kind::UnexpectedReply`] if there is nothing, or the answer is no JSON.
    pub fn at<'r>(&self, response: &'r Response, pointer: &str) -> Result<&'r str, Error> {
        let value = std::str::from_utf8(&response.body).ok().and_then(|text| json::value(text).ok());
        let value = value.ok_or_else(|| self.unexpected(response, "The answer is not the JSON that was expected"))?;
        json::at(value, pointer)
            .ok_or_else(|| self.unexpected(response, &["The answer has nothing at ", pointer].concat()))
    }

    /// The object at a JSON pointer in an answer, read by the fields of an output: see [`reply`].
    ///
    /// # Errors
    /// [`Kind::UnexpectedReply`], with what is wrong with it.
    pub fn read(&self, response: &Response, pointer: &str, fields: &'static [Field]) -> Result<Values, Error> {
        let read = reply::object(self.at(response, pointer)?, fields);
        read.map_err(|why| self.unexpected(response, &["The answer has ", &why].concat()))
    }

    /// The same of a list of objects.
    ///
    /// # Errors
    /// As [`Call::read`].
    pub fn list(&self, response: &Response, pointer: &str, fields: &'static [Field]) -> Result<Vec<Values>, Error> {
        let read = reply::list(self.at(response, pointer)?, fields);
        read.map_err(|why| self.unexpected(response, &["The answer has ", &why].concat()))
    }

    /// What a service refuses with sentences that begin with what its forms call the fields, such as "Due
    /// date is not a valid date". Each that begins with a field's title is a problem of that field; where
    /// one does not, all are told as they are.
    #[cold]
    #[inline(never)]
    pub fn refusal(&self, response: &Response, sentences: &[String], fields: &[Field]) -> Error {
        let problem = |sentence: &String| {
            let rest = |field: &Field| sentence.strip_prefix(field.label()).filter(|rest| rest.starts_with(' '));
            let (field, rest) = fields.iter().find_map(|field| Some((field.name(), rest(field)?)))?;
            Some(Problem::new(field, [field, &presentable(rest, self.secrets)].concat()))
        };
        let problems: Option<Vec<_>> = sentences.iter().map(problem).collect();
        let error = match problems.filter(|problems| !problems.is_empty()) {
            Some(problems) => Error::invalid(Kind::Rejected, problems),
            None => {
                let told = presentable(&sentences.join("; "), self.secrets);
                Error::new(Kind::Rejected, [self.about.service, " refused the request: ", &told].concat())
            }
        };
        error.with_upstream(self.upstream(response))
    }

    /// An answer that is not what the service's documentation promises; `told` is a sentence without
    /// its full stop.
    #[cold]
    #[inline(never)]
    pub fn unexpected(&self, response: &Response, told: &str) -> Error {
        let next = ["Check that the ", &self.address(), " is that of the ", self.account(), "."].concat();
        Error::new(Kind::UnexpectedReply, self.in_doubt(told, &next)).with_upstream(self.upstream(response))
    }

    #[cold]
    #[inline(never)]
    fn no_response(&self, response: &Response) -> Error {
        let failure = Failure::from_body(&response.body);
        let url = self.origin();
        let address = self.address();
        let in_doubt = |told: &str| self.in_doubt(&[url, told].concat(), &self.again());
        let message = match failure {
            Failure::NotAllowed => format!(
                "This host does not let the plugin connect to {url}. Allow the address in the host's settings, or correct the {address}."
            ),
            Failure::Dns => format!(
                "There is no server of that name: {url}. Correct the {address}, as a name that does not exist will not exist later, or mend the network, if it is that."
            ),
            Failure::Connect => {
                format!("No connection to {url}. Check the {address} and the network, or try again later.")
            }
            Failure::Tls => {
                format!("No secure connection to {url}: its certificate could not be verified. Check the {address}.")
            }
            Failure::NotSent => format!("The connection to {url} broke before the request was sent. Try again."),
            Failure::Timeout => in_doubt(" did not answer in time"),
            Failure::Reset => in_doubt(" closed the connection without an answer"),
            Failure::TooLarge => {
                let told = [url, " sent more than this host takes as an answer (ask for less)"].concat();
                return self.unexpected(response, &told);
            }
            Failure::Unknown => in_doubt(" gave no answer"),
        };
        let effect = if failure.before_sending() { Effect::None } else { Effect::Unknown };
        Error::new(Kind::Unavailable, message).with_effect(effect).with_upstream(self.upstream(response))
    }

    /// What came, for the person who has to find out why. Nothing vouches for it.
    #[cold]
    #[inline(never)]
    pub fn upstream(&self, response: &Response) -> Upstream {
        let text = presentable(&crate::page::readable(&String::from_utf8_lossy(&response.body)), self.secrets);
        Upstream {
            http_status: response.status,
            error_code: None,
            error_text: (!text.is_empty()).then_some(text),
            verified: false,
        }
    }

    /// What the connection calls its address, within a sentence.
    #[cold]
    #[inline(never)]
    fn address(&self) -> String {
        let mut title = self.about.origin.1.to_owned();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        title
    }

    /// What a connection is called.
    pub fn account(&self) -> &'a str {
        self.about.account
    }
}

#[cold]
#[inline(never)]
fn undeclared(name: &str) -> ! {
    std::panic::panic_any(["The connection has no field ", name, "."].concat())
}

/// A request that is being put together.
#[must_use]
pub struct Draft<'c> {
    call: &'c Call<'c>,
    request: Request,
    /// Whether it changes nothing, whatever the action does.
    looks: bool,
}

impl<'c> Draft<'c> {
    pub(crate) fn new(call: &'c Call<'c>, method: &'static str, url: String) -> Self {
        let (name, version) = call.about.plugin;
        let user_agent = [name, "-plugin/", version].concat();
        let headers = vec![("accept", "application/json".to_owned()), ("user-agent", user_agent)];
        Self { call, request: Request { method, url, headers, body: String::new() }, looks: false }
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers.push((name, value.to_owned()));
        self
    }

    /// Adds a parameter to the address, percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let url = &mut self.request.url;
        url.push(if url.contains('?') { '&' } else { '?' });
        percent_encode(url, name);
        url.push('=');
        percent_encode(url, value);
        self
    }

    /// Adds a parameter, if there is a value for it.
    pub fn query_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds those of these fields to the address that the input has, as parameters of their names.
    pub fn given(self, names: &[&str]) -> Self {
        let input = self.call.input();
        names.iter().fold(self, |draft, name| draft.query_if(name, input.get(name).map(Value::as_str)))
    }

    /// Sets the body.
    pub fn body(self, media_type: &str, body: String) -> Self {
        let mut draft = self.header("content-type", media_type);
        draft.request.body = body;
        draft
    }

    /// Sets a JSON body.
    pub fn json(self, body: Object) -> Self {
        self.body("application/json", body.finish())
    }

    /// Makes the request and gives back whatever came, for a service that has codes of its own.
    pub fn answer(self) -> Response {
        if !self.looks {
            self.call.may_have_changed.set(true);
        }
        self.call.transport.send(&self.request)
    }

    /// Makes the request.
    ///
    /// # Errors
    /// What the contract makes of every status but a 2xx: see [`Call::failure`].
    pub fn send(self) -> Result<Response, Error> {
        let call = self.call;
        let response = self.answer();
        if (200..300).contains(&response.status) { Ok(response) } else { Err(call.failure(&response)) }
    }
}
