//! A mail server on a real socket, well or badly tempered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use stackyard_domain::mail::Smtp;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How it treats those who come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// Takes everything.
    Good,
    /// Takes the connection and says nothing.
    Hangs,
    /// Knows no recipient.
    Refuses,
    /// Wants them to come later.
    PutsOff,
    /// Hangs up when it hears that the mail is for this one.
    DropsFor(&'static str),
    /// Takes the text, and hangs up before it says so.
    HangsUp,
    /// Takes the text, and never says so.
    HangsAfterText,
}

/// A mail server.
pub struct SmtpServer {
    address: SocketAddr,
    temper: Arc<Mutex<Temper>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl SmtpServer {
    /// Starts one.
    pub async fn start(temper: Temper) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (temper, taken) = (Arc::new(Mutex::new(temper)), Arc::new(Mutex::new(Vec::new())));
        let server = Self { address, temper: Arc::clone(&temper), taken: Arc::clone(&taken) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (temper, taken) = (Arc::clone(&temper), Arc::clone(&taken));
                tokio::spawn(async move { talk(stream, &temper, &taken).await });
            }
        });
        server
    }

    /// Changes how it treats those who come.
    pub fn becomes(&self, temper: Temper) {
        *self.temper.lock() = temper;
    }

    /// The texts that it took, whether it said so or not.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().clone()
    }

    /// Its address, as a setting.
    pub fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// How a server of ours speaks to it, without much patience.
    pub fn mailer(&self) -> Arc<Smtp> {
        let smtp = Smtp::new(&self.url(), "Stackyard <stackyard@acme.example>", "acme.example");
        Arc::new(smtp.unwrap().patient_for(Duration::from_millis(500)))
    }
}

/// One connection. It ends when the other side does.
async fn talk(stream: TcpStream, temper: &Mutex<Temper>, taken: &Mutex<Vec<String>>) -> Option<()> {
    if *temper.lock() == Temper::Hangs {
        tokio::time::sleep(Duration::from_secs(60)).await;
        return None;
    }
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let temper = *temper.lock();
        let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "RCPT" if temper == Temper::Refuses => "550 5.1.1 ::error::No such user",
            "RCPT" if temper == Temper::PutsOff => "451 4.7.1 Come back later",
            "RCPT" if matches!(temper, Temper::DropsFor(whom) if line.contains(whom)) => return None,
            "QUIT" => return writer.write_all(b"221 bye\r\n").await.ok(),
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    text.push_str(&line);
                    text.push('\n');
                }
                taken.lock().push(text);
                match temper {
                    Temper::HangsUp => return None,
                    Temper::HangsAfterText => tokio::time::sleep(Duration::from_secs(60)).await,
                    _ => {}
                }
                "250 taken"
            }
            _ => "250 ok",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
