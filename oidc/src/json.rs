//! JSON read strictly: a name twice in one object is refused wherever it stands, and nesting is bounded.
//!
//! Parsers differ in which of two equal names they believe, so a token with both could mean one thing to its
//! issuer and another here.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::error::{Part, TokenError};

/// Deepest nesting that is read. GitHub's claims are flat.
const DEPTH_MAX: u8 = 16;
/// Longest text, in bytes, of any claim.
const TEXT_MAX: usize = 1024;

/// An object's members by name, each name once.
pub(crate) struct Object<'a>(Vec<Member<'a>>);

struct Member<'a> {
    name: Cow<'a, str>,
    value: Value<'a>,
    flaw: Option<Flaw>,
}

/// What a member holds, as far as tokens need it.
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Object(Object<'a>),
    /// Any other type: fractions, booleans, null, arrays.
    Other,
}

/// What is wrong with a text somewhere in a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    ControlCharacter,
    TooLong,
}

impl<'a> Object<'a> {
    /// Reads one object and nothing behind it.
    pub(crate) fn parse(text: &'a [u8], part: Part) -> Result<Self, TokenError> {
        let verdict = Cell::new(None);
        let mut parser = serde_json::Deserializer::from_slice(text);
        let read = Node { verdict: &verdict, depth: 0 }.deserialize(&mut parser);
        match read.and_then(|node| parser.end().map(|()| node.value)) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(TokenError::Malformed { part }),
            Err(_) => Err(match verdict.into_inner() {
                Some(Refusal::Duplicate(name)) => TokenError::Duplicate { part, name },
                Some(Refusal::TooDeep) => TokenError::TooDeep { part },
                None => TokenError::Malformed { part },
            }),
        }
    }

    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let place = self.0.binary_search_by(|member| member.name.as_ref().cmp(name)).ok()?;
        self.0.get(place).map(|member| &member.value)
    }

    /// Refuses control characters and overlong texts in any member, known or not, at any depth.
    pub(crate) fn check_texts(&self) -> Result<(), TokenError> {
        match self.0.iter().find_map(|member| Some((&member.name, member.flaw?))) {
            None => Ok(()),
            Some((name, Flaw::ControlCharacter)) => Err(TokenError::ControlCharacter(name.to_string())),
            Some((name, Flaw::TooLong)) => Err(TokenError::ClaimTooLong(name.to_string())),
        }
    }

    fn flaw(&self) -> Option<Flaw> {
        self.0.iter().find_map(|member| member.flaw)
    }

    /// Sorts the members for look-ups, which also brings equal names together.
    fn new(mut members: Vec<Member<'a>>) -> Result<Self, Refusal> {
        members.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let twice = members.windows(2).find_map(|pair| match pair {
            [a, b] if a.name == b.name => Some(a.name.to_string()),
            _ => None,
        });
        match twice {
            Some(name) => Err(Refusal::Duplicate(name)),
            None => Ok(Self(members)),
        }
    }
}

/// Why JSON that may be well-formed is refused; serde's errors carry only text.
enum Refusal {
    Duplicate(String),
    TooDeep,
}

/// Reads one value at a depth.
#[derive(Clone, Copy)]
struct Node<'v> {
    verdict: &'v Cell<Option<Refusal>>,
    depth: u8,
}

struct Read<'a> {
    value: Value<'a>,
    flaw: Option<Flaw>,
}

impl Node<'_> {
    fn refuse<E: Error>(self, refusal: Refusal) -> E {
        self.verdict.set(Some(refusal));
        E::custom("refused")
    }

    fn below<E: Error>(self) -> Result<Self, E> {
        if self.depth == DEPTH_MAX {
            return Err(self.refuse(Refusal::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Read<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Read<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Read<'de>, E> {
        Ok(Read { flaw: flaw_of(text), value: Value::Text(Cow::Borrowed(text)) })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Read<'de>, E> {
        Ok(Read { flaw: flaw_of(text), value: Value::Text(Cow::Owned(text.to_owned())) })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Read<'de>, E> {
        Ok(Read { value: Value::Integer(number), flaw: None })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Read<'de>, E> {
        Ok(Read { value: i64::try_from(number).map_or(Value::Other, Value::Integer), flaw: None })
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Read<'de>, E> {
        Ok(Read { value: Value::Other, flaw: None })
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Read<'de>, E> {
        Ok(Read { value: Value::Other, flaw: None })
    }

    fn visit_unit<E: Error>(self) -> Result<Read<'de>, E> {
        Ok(Read { value: Value::Other, flaw: None })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Read<'de>, A::Error> {
        let below = self.below()?;
        let mut flaw = None;
        while let Some(item) = items.next_element_seed(below)? {
            flaw = flaw.or(item.flaw);
        }
        Ok(Read { value: Value::Other, flaw })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Read<'de>, A::Error> {
        let below = self.below()?;
        let mut members = Vec::with_capacity(if self.depth == 0 { 40 } else { 0 });
        while let Some(name) = entries.next_key_seed(Name)? {
            let Read { value, flaw } = entries.next_value_seed(below)?;
            members.push(Member { flaw: flaw.or_else(|| flaw_of(&name)), name, value });
        }
        let object = Object::new(members).map_err(|refusal| self.refuse(refusal))?;
        let flaw = object.flaw();
        Ok(Read { value: Value::Object(object), flaw })
    }
}

/// Reads a member's name, borrowed where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

fn flaw_of(text: &str) -> Option<Flaw> {
    if text.len() > TEXT_MAX {
        return Some(Flaw::TooLong);
    }
    // Narrower than `quote::is_control`: a workflow's name may well hold an emoji with a zero-width joiner.
    let control = if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_control())
    } else {
        text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    };
    control.then_some(Flaw::ControlCharacter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Object<'_>, TokenError> {
        Object::parse(text.as_bytes(), Part::Claims)
    }

    fn refusal(text: &str) -> &'static str {
        parse(text).err().map_or("accepted", |error| error.tag())
    }

    #[test]
    fn members_are_found_by_name() {
        let object =
            parse(r#"{"z":"last","a":1,"m":{"x":[1,2]},"f":1.5,"big":18446744073709551615}"#).unwrap();
        assert!(matches!(object.get("z"), Some(Value::Text(text)) if text == "last"));
        assert!(matches!(object.get("a"), Some(Value::Integer(1))));
        assert!(matches!(object.get("m"), Some(Value::Object(_))));
        assert!(matches!(object.get("f"), Some(Value::Other)));
        assert!(matches!(object.get("big"), Some(Value::Other)));
        assert!(object.get("none").is_none());
    }

    #[test]
    fn a_name_twice_is_refused_at_every_level() {
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"\u0061":3}"#,
            r#"{"x":{"a":1,"a":2}}"#,
            r#"{"x":[{"y":[{"a":1,"b":1,"a":2}]}]}"#,
        ] {
            assert_eq!(refusal(twice), "TokenDuplicateName", "{twice}");
        }
        assert_eq!(refusal(r#"{"a":{"a":1},"b":{"a":1},"A":1}"#), "accepted");
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refusal(&nested(15)), "accepted");
        assert_eq!(refusal(&nested(16)), "TokenTooDeep");
        assert_eq!(refusal(&nested(5000)), "TokenTooDeep");
        assert_eq!(refusal(&"{\"a\":".repeat(3000)), "TokenTooDeep");
    }

    #[test]
    fn only_one_whole_object_is_read() {
        for bad in [
            "",
            "null",
            "[]",
            "\"a\"",
            "{",
            "{} {}",
            "{}x",
            "{\"a\":1,}",
            "{'a':1}",
            "\u{feff}{}",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert_eq!(refusal(bad), "TokenMalformed", "{bad}");
        }
        assert!(Object::parse(b"{\"a\":\"\xff\"}", Part::Claims).is_err());
    }

    #[test]
    fn control_characters_are_found_wherever_they_stand() {
        for bad in [
            r#"{"a":"x\n"}"#,
            r#"{"a":"\u0000"}"#,
            r#"{"a":"\u007f"}"#,
            r#"{"a":"\u0085"}"#,
            r#"{"a":"\u2028"}"#,
            r#"{"a":"ä\u2029"}"#,
            r#"{"a":["x",{"y":"\t"}]}"#,
            r#"{"a":{"x\r":1}}"#,
            r#"{"a\u0001":1}"#,
        ] {
            assert!(
                matches!(parse(bad).unwrap().check_texts(), Err(TokenError::ControlCharacter(_))),
                "{bad}"
            );
        }
        assert!(parse(r#"{"a":"Déploiement 👩‍💻 ü","b":["plain"]}"#).unwrap().check_texts().is_ok());
    }

    #[test]
    fn overlong_texts_are_found() {
        let text = |length| format!("{{\"a\":\"{}\"}}", "x".repeat(length));
        assert!(parse(&text(1024)).unwrap().check_texts().is_ok());
        assert_eq!(parse(&text(1025)).unwrap().check_texts(), Err(TokenError::ClaimTooLong("a".to_owned())));
    }
}
