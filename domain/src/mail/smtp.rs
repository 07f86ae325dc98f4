//! A mail server, spoken to with SMTP. The steps are taken one by one rather than by lettre's transport, because what a
//! failure means depends on the step: before the text was sent nothing has left, after it nobody knows.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::{Address, Message};
use percent_encoding::percent_decode_str;
use stackyard_model::quote::plain;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use url::Url;

use super::{Mail, Mailer, Undelivered};

/// How long everything before the text may take, and how long the server may think about the text.
const PATIENCE: Duration = Duration::from_secs(10);
/// For how long a connection is used for the next mail.
const IDLE: Duration = Duration::from_secs(5);

/// Says that no person wrote it, so that nobody's absence is answered to it (RFC 3834 §5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// What is wrong with how the operator describes the mail server; one line for them.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SmtpError(String);

/// How the connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    /// Not at all.
    None,
    /// After asking for it, or no mail is sent.
    Upgraded,
    /// From the first byte.
    AtOnce,
}

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    from: Mailbox,
    /// What `Message-ID`s and the greeting end in.
    domain: String,
    patience: Duration,
    /// The connection of the last mail.
    open: Mutex<Option<(AsyncSmtpConnection, Instant)>>,
}

impl Smtp {
    /// A mail server from its address, `smtp://user:password@host:port` or `smtps://…`, and the sender, which is an
    /// address or `Name <address>`.
    ///
    /// `smtps` is TLS from the first byte, port 465. `smtp` asks for TLS and sends nothing without it, port 587; on this
    /// machine itself and with `?tls=none` it goes without, port 25.
    ///
    /// # Errors
    /// The part that cannot be used. The password is never in it.
    pub fn new(address: &str, from: &str, domain: &str) -> Result<Self, SmtpError> {
        let wrong = |text: &str| SmtpError(text.to_owned());
        let url = Url::parse(address).map_err(|_| {
            wrong("smtp_url cannot be used; it must be smtp://user:password@host:port or smtps://…")
        })?;
        let host =
            url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("smtp_url names no host."))?;
        let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let tls = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => Tls::AtOnce,
            ("smtp", Some("required")) => Tls::Upgraded,
            ("smtp", Some("none")) => Tls::None,
            ("smtp", None) => {
                if local {
                    Tls::None
                } else {
                    Tls::Upgraded
                }
            }
            ("smtp" | "smtps", Some(_)) => {
                return Err(wrong("smtp_url says an unknown tls; with smtp:// it is required or none."));
            }
            _ => return Err(wrong("smtp_url must begin with smtp:// or smtps://.")),
        };
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(String::from).map_err(|_| wrong("smtp_url has a user or password that is no text."))
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
            None if url.username().is_empty() => None,
            None => return Err(wrong("smtp_url names a user without a password.")),
        };
        if credentials.is_some() && tls == Tls::None && !local {
            return Err(wrong("smtp_url would send the password in the clear; leave tls=none out."));
        }
        let from = from
            .parse::<Mailbox>()
            .map_err(|_| wrong("mail_from cannot be used; it must be an address, or Name <address>."))?;
        let port = match tls {
            Tls::None => 25,
            Tls::Upgraded => 587,
            Tls::AtOnce => 465,
        };
        Ok(Self {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: url.port().unwrap_or(port),
            tls,
            credentials,
            from,
            domain: domain.to_owned(),
            patience: PATIENCE,
            open: Mutex::default(),
        })
    }

    /// The same with another patience, for tests.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The mail as it is sent, and to whom. Lettre encodes names and texts, so that nothing in them becomes a header.
    fn written(&self, mail: &Mail) -> Result<(Envelope, Vec<u8>), Undelivered> {
        let never = |error: &dyn std::error::Error| Undelivered::Never(plain(&error.to_string()));
        let to: Address = mail.to.parse().map_err(|error: lettre::address::AddressError| never(&error))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}@{}>", mail.id, self.domain)))
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(mail.plain.clone(), mail.html.clone()))
            .map_err(|error| never(&error))?;
        Ok((message.envelope().clone(), message.formatted()))
    }

    /// A connection that is ready for a mail.
    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let hello = ClientId::Domain(self.domain.clone());
        let tls = match self.tls {
            Tls::None => None,
            Tls::Upgraded | Tls::AtOnce => Some(TlsParameters::new(self.host.clone())?),
        };
        let (implicit, later) = if self.tls == Tls::AtOnce { (tls, None) } else { (None, tls) };
        let place = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, Some(self.patience), &hello, implicit, None).await?;
        if let Some(tls) = later {
            connection.starttls(tls, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }

    /// The connection of the last mail, if it is fit for another, else a new one.
    async fn ready(
        &self,
        kept: Option<(AsyncSmtpConnection, Instant)>,
    ) -> Result<AsyncSmtpConnection, Undelivered> {
        if let Some((mut connection, since)) = kept
            && since.elapsed() < IDLE
            && timeout(self.patience, connection.test_connected()).await == Ok(true)
        {
            return Ok(connection);
        }
        match timeout(self.patience, self.connect()).await {
            Ok(connected) => connected.map_err(|error| Undelivered::Unreachable(words(&error))),
            Err(_) => Err(Undelivered::Unreachable("it does not answer in time".to_owned())),
        }
    }

    async fn send(&self, mail: &Mail) -> Result<(), Undelivered> {
        let (envelope, text) = self.written(mail)?;
        let mut open = self.open.lock().await;
        let mut connection = self.ready(open.take()).await?;
        let announced = timeout(self.patience, announce(&mut connection, &envelope, text.is_ascii())).await;
        announced.unwrap_or_else(|_| Err(Undelivered::Later("it stopped answering".to_owned())))?;
        match timeout(self.patience, connection.message(&text)).await {
            Ok(Ok(_)) => {
                *open = Some((connection, Instant::now()));
                Ok(())
            }
            Ok(Err(error)) => Err(judged(&error, Undelivered::Unsure)),
            Err(_) => Err(Undelivered::Unsure("it does not answer in time".to_owned())),
        }
    }
}

/// Says from whom to whom, and that the text comes. A server that goes away meanwhile may do so about this mail alone,
/// which therefore waits: else no other would ever come before it.
async fn announce(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    ascii: bool,
) -> Result<(), Undelivered> {
    let mut parameters = Vec::new();
    let mut addresses = envelope.to().iter().chain(envelope.from());
    if addresses.any(|address| !<Address as AsRef<str>>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Undelivered::Never(
                "the mail server takes no letters outside a–z in addresses".to_owned(),
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !ascii {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let step = |result: Result<_, _>| result.map(|_| ()).map_err(|error| judged(&error, Undelivered::Later));
    step(connection.command(MailFrom::new(envelope.from().cloned(), parameters)).await)?;
    for address in envelope.to() {
        step(connection.command(Rcpt::new(address.clone(), Vec::new())).await)?;
    }
    step(connection.command(Data).await)
}

/// What the server's answer means; `broken` when it gave none.
fn judged(error: &lettre::transport::smtp::Error, broken: fn(String) -> Undelivered) -> Undelivered {
    let words = words(error);
    if error.is_permanent() {
        Undelivered::Never(words)
    } else if error.is_transient() {
        Undelivered::Later(words)
    } else {
        broken(words)
    }
}

/// An error and what caused it, as one harmless line.
fn words(error: &lettre::transport::smtp::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    plain(&format!("{error}{cause}"))
}

impl Mailer for Smtp {
    fn check(&self, address: &str) -> Result<(), &'static str> {
        let parsed = address.parse::<Address>();
        parsed.map(|_| ()).map_err(|_| "No mail can go to this address. Check it letter by letter.")
    }

    fn deliver<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Undelivered>> {
        self.send(mail).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(url: &str) -> Result<(Tls, u16), String> {
        let made = Smtp::new(url, "Stackyard <stackyard@acme.example>", "acme.example");
        made.map(|smtp| (smtp.tls, smtp.port)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_password_never_goes_in_the_clear() {
        assert_eq!(smtp("smtps://u:p%40w@mail.acme.example"), Ok((Tls::AtOnce, 465)));
        assert_eq!(smtp("smtp://u:pw@mail.acme.example"), Ok((Tls::Upgraded, 587)));
        assert_eq!(smtp("smtp://localhost:2525"), Ok((Tls::None, 2525)));
        assert_eq!(smtp("smtp://relay.acme.example?tls=none"), Ok((Tls::None, 25)));
        for bad in [
            "smtp://u:hunter2@mail.acme.example?tls=none",
            "smtp://u:hunter2@mail.acme.example?tls=perhaps",
            "http://u:hunter2@mail.acme.example",
            "hunter2",
            "smtp://hunter2@mail.acme.example",
        ] {
            let told = smtp(bad).unwrap_err();
            assert!(!told.contains("hunter2"), "{told}");
        }
        assert!(Smtp::new("smtp://localhost", "nobody", "acme.example").is_err());
    }

    #[test]
    fn nothing_in_a_name_or_an_address_becomes_a_header() {
        let smtp = Smtp::new("smtp://localhost", "stackyard@acme.example", "acme.example").unwrap();
        let mail = |to: &str, subject: &str| Mail {
            id: "mail_1".to_owned(),
            to: to.to_owned(),
            subject: subject.to_owned(),
            plain: "Join.".to_owned(),
            html: "<p>Join.</p>".to_owned(),
        };
        let (_, text) =
            smtp.written(&mail("kim@acme.example", "Ida\r\nBcc: eve@evil.example\r\n\r\nHello")).unwrap();
        let text = String::from_utf8(text).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        for bad in
            ["kim@acme.example\r\nBcc: eve@evil.example", "kim@acme.example, eve@evil.example", "<kim>"]
        {
            assert!(matches!(smtp.written(&mail(bad, "Hello")), Err(Undelivered::Never(_))), "{bad}");
        }
    }
}
