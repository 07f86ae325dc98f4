//! What mails say.

use stackyard_model::Ts;
use stackyard_model::quote::{html, plain};

use super::Mail;
use crate::invitations::ToBeMailed;
use crate::{Ctx, Secret, invitations};

/// The mail with an invitation. Names come from people: they are cut, and are only text in the HTML.
pub(crate) fn invitation(ctx: &Ctx, id: String, to_mail: &ToBeMailed, secret: &Secret) -> Mail {
    let link = invitations::link(ctx, secret);
    let inviter = plain(&to_mail.invited_by_name);
    let workspace = plain(&to_mail.workspace);
    let role = to_mail.role.label();
    let until = when(to_mail.expires_at);
    let server = &ctx.deps().site.public_url;
    let subject = format!("{inviter} invited you to {workspace}");
    let lead = format!("{inviter} invited {} to {workspace} on {server}, as {role}.", to_mail.email);
    let once = format!(
        "The link works once, until {until}. Opening it uses nothing up; you decide on the page that it leads to."
    );
    let unasked = "If you did not expect this, you need not do anything.";
    let plain = format!("{lead}\n\nJoin {workspace}:\n{link}\n\n{once}\n\n{unasked}\n");
    let marked_up = format!(
        "<!doctype html><html lang=\"en\"><body><p>{}</p><p><a href=\"{link}\">Join {}</a></p><p>Or open this address: \
         {link}</p><p>{}</p><p>{unasked}</p></body></html>",
        html(&lead),
        html(&workspace),
        html(&once),
    );
    Mail { id, to: to_mail.email.clone(), subject, plain, html: marked_up }
}

/// A moment as people write it, in UTC: a mail knows no zone.
fn when(at: Ts) -> String {
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
}
