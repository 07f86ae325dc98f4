//! What mails say, as plain text and as HTML of the same words.

use stackyard_model::Ts;
use stackyard_model::quote::{html as markup, plain};

use super::Mail;
use crate::invitations::ToBeMailed;
use crate::{Ctx, Secret, invitations};

/// A piece of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Link { label: String, url: String },
    Items(Vec<String>),
}

/// A mail that is being written. Whatever is put into it is only text in the HTML; links are this server's own.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    to: String,
    subject: String,
    parts: Vec<Part>,
}

impl Letter {
    /// A mail to an address.
    pub(crate) fn new(to: impl Into<String>, subject: impl Into<String>) -> Self {
        Self { to: to.into(), subject: subject.into(), parts: Vec::new() }
    }

    /// A paragraph.
    #[must_use]
    pub(crate) fn words(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Words(text.into()));
        self
    }

    /// A link of this server, with what it is for.
    #[must_use]
    pub(crate) fn link(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.parts.push(Part::Link { label: label.into(), url: url.into() });
        self
    }

    /// A list.
    #[must_use]
    pub(crate) fn items(mut self, items: Vec<String>) -> Self {
        self.parts.push(Part::Items(items));
        self
    }

    /// The mail, with its id.
    pub(super) fn into_mail(self, id: String) -> Mail {
        let (mut text, mut html) = (Vec::new(), String::from("<!doctype html><html lang=\"en\"><body>"));
        for part in &self.parts {
            match part {
                Part::Words(words) => {
                    text.push(words.clone());
                    html.push_str(&format!("<p>{}</p>", markup(words)));
                }
                Part::Link { label, url } => {
                    text.push(format!("{label}:\n{url}"));
                    let (label, url) = (markup(label), markup(url));
                    html.push_str(&format!(
                        "<p><a href=\"{url}\">{label}</a></p><p>Or open this address: {url}</p>"
                    ));
                }
                Part::Items(items) => {
                    text.push(items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n"));
                    let items: String =
                        items.iter().map(|item| format!("<li>{}</li>", markup(item))).collect();
                    html.push_str(&format!("<ul>{items}</ul>"));
                }
            }
        }
        html.push_str("</body></html>");
        let plain = text.join("\n\n") + "\n";
        Mail { id, to: self.to, subject: self.subject, plain, html }
    }
}

/// The mail with an invitation. Names come from people: they are cut.
pub(super) fn invitation(ctx: &Ctx, to_mail: &ToBeMailed, secret: &Secret) -> Letter {
    let inviter = short_name(&to_mail.invited_by_name);
    let workspace = short_name(&to_mail.workspace);
    let role = to_mail.role.label();
    let until = when(to_mail.expires_at);
    let server = &ctx.deps().site.public_url;
    Letter::new(&to_mail.email, format!("{inviter} invited you to {workspace}"))
        .words(format!("{inviter} invited {} to {workspace} on {server}, as {role}.", to_mail.email))
        .link(format!("Join {workspace}"), invitations::link(ctx, secret))
        .words(format!(
            "The link works once, until {until}. Opening it uses nothing up; you decide on the page that it leads to."
        ))
        .words("If you did not expect this, you need not do anything.")
}

/// Most characters of a name in a mail to somebody who may not know whose it is.
const NAME_MAX: usize = 60;

/// A name that somebody chose, in a mail to somebody who may not know them: short, and no program makes a link of it.
pub(crate) fn short_name(name: &str) -> String {
    let name = plain(name);
    let mut out = String::new();
    for (index, c) in name.chars().enumerate() {
        if index == NAME_MAX {
            out.push('…');
            break;
        }
        out.push(c);
        if matches!(c, '.' | '/' | '@') {
            out.push('\u{200b}');
        }
    }
    out
}

/// A moment as people write it, in UTC: a mail knows no zone.
pub(crate) fn when(at: Ts) -> String {
    let moment = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    moment.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_people_do() {
        assert_eq!(when(Ts::from_seconds(1_763_724_600)), "21 November 2025, 11:30 UTC");
    }

    #[test]
    fn a_name_is_short_and_no_link() {
        assert_eq!(short_name("Ida Brambleford"), "Ida Brambleford");
        assert_eq!(
            short_name("Pay at https://evil.example/x"),
            "Pay at https:/\u{200b}/\u{200b}evil.\u{200b}example/\u{200b}x"
        );
        assert_eq!(short_name(&"x".repeat(80)), format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn both_parts_say_the_same_and_names_are_only_text() {
        let letter = Letter::new("kim@acme.example", "Hello")
            .words("Ida <Brambleford> did this.")
            .link("Look", "https://stackyard.example/notices")
            .items(vec!["A & B".to_owned(), "C".to_owned()]);
        let mail = letter.into_mail("mail_1".to_owned());
        assert_eq!(
            mail.plain,
            "Ida <Brambleford> did this.\n\nLook:\nhttps://stackyard.example/notices\n\n- A & B\n- C\n"
        );
        assert!(mail.html.contains("<p>Ida &lt;Brambleford&gt; did this.</p>"), "{}", mail.html);
        assert!(mail.html.contains("<li>A &amp; B</li><li>C</li>"), "{}", mail.html);
    }
}
