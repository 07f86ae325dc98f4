//! Checks of what people type: names, slugs, addresses, `owner/name`. The messages are for users.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::quote::is_control;

/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 1000;
/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 12;
/// Longest password, in bytes: hashing must stay cheap for us, not for an attacker.
pub const PASSWORD_MAX: usize = 1024;

/// A workspace's name: trimmed, 3 to 255 characters, on one line.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn workspace_name(text: &str) -> Result<String, &'static str> {
    line(text, 3, 255, "A name has 3 to 255 characters.")
}

/// A person's name: trimmed, 1 to 200 characters, on one line.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn person_name(text: &str) -> Result<String, &'static str> {
    line(text, 1, 200, "A name has 1 to 200 characters.")
}

/// Longest reason, in characters.
pub const REASON_MAX: usize = 500;

/// Why something is done or asked for: one line, trimmed.
///
/// # Errors
/// What is wrong with it.
pub fn reason(text: &str) -> Result<String, &'static str> {
    line(text, 3, REASON_MAX, "Write why, in 3 to 500 characters.")
}

/// One line of text within bounds, trimmed.
///
/// # Errors
/// `wrong`, or what is wrong with the characters.
pub fn line(text: &str, min: usize, max: usize, wrong: &'static str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().any(is_control) {
        return Err("Control characters and line breaks do not belong here.");
    }
    let length = text.chars().count();
    // By itself nothing is seen of what chooses a form.
    let seen = text.chars().filter(|c| !matches!(c, '\u{fe00}'..='\u{fe0f}')).count();
    if seen < min || length > max { Err(wrong) } else { Ok(text.to_owned()) }
}

/// Words as a sentence lists them: `Owner, Admin or Member`.
#[must_use]
pub fn in_words(words: &[&str], before_the_last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {before_the_last} {last}", first.join(", ")),
    }
}

/// Several lines of text up to `max` characters, trimmed, with line ends made `\n`.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn lines(text: &str, max: usize) -> Result<String, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.chars().any(|c| c != '\n' && c != '\t' && is_control(c)) {
        return Err("Control characters do not belong here.".to_owned());
    }
    let length = text.chars().count();
    if length > max {
        Err(format!("At most {max} characters; this has {length}."))
    } else {
        Ok(text.to_owned())
    }
}

/// A workspace's slug: 3 to 63 of `a-z`, `0-9` and single hyphens inside.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn slug(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.len() < 3 || text.len() > 63 {
        return Err("A slug has 3 to 63 characters.");
    }
    if !text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err("A slug is made of lower case letters, digits and hyphens.");
    }
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err("Hyphens stand one by one between letters or digits.");
    }
    if text.starts_with("ws-") || RESERVED_SLUGS.contains(&text) {
        return Err("This word is kept for Stackyard itself.");
    }
    Ok(text.to_owned())
}

const RESERVED_SLUGS: &[&str] = &["new", "settings", "start", "api", "admin", "help", "account"];

/// A slug made from a name: what people get when they type none. Empty when the name has nothing to make it of.
#[must_use]
pub fn slug_from(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 50 {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// An e-mail address, as far as a form can tell: one `@`, something on both sides, no space or control
/// character, at most 254 bytes; with its letters composed (RFC 6532 §3.1). Only a mail to it proves more.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn email(text: &str) -> Result<String, &'static str> {
    let wrong = "An e-mail address looks like name@example.com.";
    let typed = text.trim();
    // Composed first: a character may become one that is forbidden.
    let text = composed(typed);
    if text.len() > 254
        || text.chars().any(|c| c.is_whitespace() || is_control(c) || "<>,;\"\\()".contains(c))
    {
        return Err(wrong);
    }
    if typed.chars().any(folds_to_ascii) {
        return Err("A letter of this address looks like another. Type it anew instead of pasting it.");
    }
    match text.split_once('@') {
        Some((local, host)) if !local.is_empty() && host.contains('.') && !host.contains('@') => {
            let labels = host
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
            if labels { Ok(text) } else { Err(wrong) }
        }
        _ => Err(wrong),
    }
}

/// Whether a letter is none of ASCII and becomes one when it is folded, as the Kelvin sign becomes `k`: then two
/// mailboxes would be taken for one.
fn folds_to_ascii(c: char) -> bool {
    !c.is_ascii() && c.to_lowercase().any(|folded| folded.is_ascii())
}

/// The form in which addresses, names of repositories and environments are compared: lower case.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The form in which e-mail addresses are compared: composed, as [`fold`], and composed again where only the lower case has
/// one character.
#[must_use]
pub fn fold_address(text: &str) -> String {
    composed(&fold(&composed(text)))
}

/// With letters and their accents as one character where there is one (Unicode NFC).
fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// A password as it may be chosen: long enough, not too long. Nothing else is asked of it (NIST SP 800-63B §3.1.1).
///
/// # Errors
/// A sentence that says what is wrong.
pub fn password(text: &str) -> Result<(), &'static str> {
    if text.chars().count() < PASSWORD_MIN {
        return Err("A password has at least 12 characters.");
    }
    if text.len() > PASSWORD_MAX {
        return Err("A password has at most 1,024 bytes.");
    }
    Ok(())
}

/// What stands between `https://` and the path of an address, and the path without its first slash.
fn pasted(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("https://")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// The host in an address that people paste as a repository's name: `https://github.com/acme/infra`. Without the
/// credentials that clone addresses may carry: they are nobody's business here.
#[must_use]
pub fn pasted_host(text: &str) -> Option<&str> {
    let (authority, _) = pasted(text.trim())?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(host.strip_suffix(":443").unwrap_or(host))
}

/// A repository's `owner/name`, also with the host's address in front of it or `.git` behind, as people paste it.
/// The owner may have several parts (subgroups).
///
/// # Errors
/// A sentence that says what is wrong.
pub fn repository_name(text: &str) -> Result<String, &'static str> {
    let wrong = "A repository is written as owner/name.";
    let text = text.trim();
    let text = pasted(text).map_or(text, |(_, path)| path);
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    if text.len() > 255 {
        return Err("A repository's owner/name has at most 255 characters.");
    }
    let parts: Vec<_> = text.split('/').collect();
    let part_fits = |part: &&str| {
        !part.is_empty()
            && *part != "."
            && *part != ".."
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if parts.len() < 2 || !parts.iter().all(part_fits) { Err(wrong) } else { Ok(text.to_owned()) }
}

/// The text with its first letter large, as it begins a sentence.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_listed_as_a_sentence_does() {
        for (words, listed) in [
            (&[][..], ""),
            (&["Owner"], "Owner"),
            (&["Owner", "Admin"], "Owner or Admin"),
            (&["Owner", "Admin", "Member"], "Owner, Admin or Member"),
        ] {
            assert_eq!(in_words(words, "or"), listed);
        }
    }

    #[test]
    fn names_are_bounded_and_on_one_line() {
        assert_eq!(workspace_name("  Acme Platform "), Ok("Acme Platform".to_owned()));
        assert!(workspace_name("ab").is_err());
        assert!(workspace_name(&"x".repeat(256)).is_err());
        assert!(workspace_name("Acme\nPlatform").is_err());
        assert!(workspace_name("Acme\u{202e}mrofalP").is_err());
    }

    #[test]
    fn slugs_are_plain_words() {
        assert!(slug("acme-platform").is_ok());
        for bad in ["ab", "Acme", "a--b", "-abc", "abc-", "acme_platform", "start", "ws-acme", "ä-b-c"] {
            assert!(slug(bad).is_err(), "{bad}");
        }
        assert_eq!(slug_from("Acme Platform (EU)"), "acme-platform-eu");
        assert_eq!(slug_from("日本"), "");
    }

    #[test]
    fn addresses_are_checked_as_far_as_a_form_can() {
        for good in ["ida@acme.example", "a.b+c@x-y.co", "ünï@exämple.de"] {
            assert!(email(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ida",
            "@acme.example",
            "ida@acme",
            "a@b@c.d",
            "a b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "a@-b.c",
            "<a@b.c>",
            "\u{212a}im@acme.example",
            "k\u{130}m@acme.example",
            "kim@tric\u{212a}.example",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_the_same_however_its_letters_were_typed() {
        assert_eq!(email("zoe\u{308}@acme.example"), Ok("zo\u{eb}@acme.example".to_owned()));
        assert_eq!(fold_address("ZOE\u{308}@Acme.example"), "zo\u{eb}@acme.example");
        assert_eq!(fold_address("J\u{30c}@acme.example"), fold_address("\u{1f0}@acme.example"));
        assert_ne!(fold_address("zo\u{435}@acme.example"), "zoe@acme.example", "a Cyrillic letter");
        assert!(email("a\u{37e}b@acme.example").is_err(), "composed it is a semicolon");
        for bad in ["a\u{ad}b@acme.example", "a\u{2060}b@acme.example", "a\u{61c}b@acme.example"] {
            assert!(email(bad).is_err(), "what nobody sees: {bad:?}");
        }
    }

    #[test]
    fn repositories_are_read_as_people_paste_them() {
        for good in ["acme/infra", "https://github.com/acme/infra.git", " https://github.com/acme/infra/ "] {
            assert_eq!(repository_name(good), Ok("acme/infra".to_owned()), "{good}");
        }
        assert_eq!(pasted_host(" https://github.com/acme/infra "), Some("github.com"));
        assert_eq!(pasted_host("https://x:ghp_SECRET@github.com:443/acme/infra.git"), Some("github.com"));
        assert_eq!(pasted_host("acme/infra"), None);
        assert_eq!(repository_name("acme/platform/infra"), Ok("acme/platform/infra".to_owned()));
        for bad in [
            "infra",
            "acme/",
            "/infra",
            "acme/in fra",
            "acme/../infra",
            "https://github.com/acme",
            "a/b\u{0}",
        ] {
            assert!(repository_name(bad).is_err(), "{bad}");
        }
    }
}
