//! Reading what people paste when they invite many: one address a line, `Name <address>`, or lines of a CSV with a
//! column for the address and perhaps one for the role. Under a line that names the columns only the one called `role`
//! gives a role; without one any cell that is a role does. Pure.

use std::collections::HashSet;

use stackyard_model::invitation::INVITED_AT_ONCE;
use stackyard_model::quote::plain;
use stackyard_model::text::{self, fold, fold_address};
use stackyard_model::{FieldErrors, Role};

use crate::team;

/// One who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// Where it stood, from 1.
    pub(super) line: usize,
    /// The address.
    pub(super) email: String,
    /// The role of this line; none when the form's counts.
    pub(super) role: Option<Role>,
}

/// The field of the list.
pub(super) const FIELD: &str = "people";
/// Most lines that are told to be wrong at once.
const TOLD: usize = 50;

/// Those on the list, each address once, or what is wrong at which line.
pub(super) fn read(
    list: &str,
    check: &dyn Fn(&str) -> Result<(), &'static str>,
) -> Result<Vec<Typed>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    let mut wrong = 0_usize;
    let mut columns = Columns::Unnamed;
    for (index, line) in list.lines().enumerate() {
        let line_number = index + 1;
        if line.trim().is_empty() {
            continue;
        }
        if let Some(named) = head(line) {
            columns = named;
            continue;
        }
        match one(line, &columns, check) {
            Ok((email, role)) => {
                if seen.insert(fold_address(&email)) {
                    all.push(Typed { line: line_number, email, role });
                }
            }
            Err(message) => {
                wrong += 1;
                if wrong <= TOLD {
                    errors.push(FIELD, format!("Line {line_number}: {message}"));
                }
            }
        }
    }
    if wrong > TOLD {
        errors.push(FIELD, format!("{} lines more are wrong.", wrong - TOLD));
    }
    if wrong == 0 && all.is_empty() {
        errors.push(FIELD, "Write at least one address.");
    }
    if all.len() > INVITED_AT_ONCE {
        errors.push(FIELD, format!("At most {INVITED_AT_ONCE} people at once; this has {}.", all.len()));
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}

/// Where the roles of the lines stand.
enum Columns {
    /// No line named them: wherever a cell is a role.
    Unnamed,
    /// A line named them, with this delimiter: in the column that is called so, from 0, if there is one.
    Named(Option<u8>, Option<usize>),
}

/// The columns, if a line names them.
fn head(line: &str) -> Option<Columns> {
    let names: Vec<_> = cells(line, delimiter(line)).iter().map(|cell| fold(cell)).collect();
    let names_address = |name: &String| {
        matches!(name.as_str(), "email" | "e-mail" | "mail" | "address" | "email address" | "e-mail address")
    };
    let is_head = !line.contains('@') && names.iter().any(names_address);
    is_head.then(|| Columns::Named(delimiter(line), names.iter().position(|name| name == "role")))
}

fn one(
    line: &str,
    columns: &Columns,
    check: &dyn Fn(&str) -> Result<(), &'static str>,
) -> Result<(String, Option<Role>), String> {
    let cells = match columns {
        Columns::Named(named, _) => cells(line, named.or_else(|| delimiter(line))),
        Columns::Unnamed => cells(line, delimiter(line)),
    };
    let mut with_at = cells.iter().filter(|cell| cell.contains('@'));
    let Some(cell) = with_at.next() else {
        return Err("This has no address. An e-mail address looks like name@example.com.".to_owned());
    };
    if with_at.next().is_some() {
        return Err("This has two addresses. Write one a line.".to_owned());
    }
    let address = bare(cell);
    let mut ats = address.char_indices().filter(|(_, c)| *c == '@');
    if let (Some(_), Some((place, _))) = (ats.next(), ats.next()) {
        let before = line.find(address).unwrap_or(0) + place;
        let column = line.get(..before).map_or(0, |before| before.chars().count()) + 1;
        return Err(format!("There is a second @ in column {column}. Take one out."));
    }
    let email = text::email(address)?;
    check(&email)?;
    Ok((email, role(&cells, columns)?))
}

/// The role that a line gives; none when the form's counts.
fn role(cells: &[String], columns: &Columns) -> Result<Option<Role>, String> {
    let role = match columns {
        Columns::Unnamed => cells
            .iter()
            .filter(|cell| !cell.contains('@'))
            .filter_map(|cell| fold(cell).parse::<Role>().ok())
            .next_back(),
        Columns::Named(_, column) => {
            match column.and_then(|column| cells.get(column)).filter(|cell| !cell.is_empty()) {
                None => None,
                Some(cell) => Some(fold(cell).parse().map_err(|_| {
                    let can_be_given = Role::ALL.iter().filter(|role| **role != Role::Owner);
                    let labels: Vec<_> = can_be_given.map(|role| role.label()).collect();
                    format!("{} is no role. Write one of {}.", plain(cell), labels.join(", "))
                })?),
            }
        }
    };
    match role {
        Some(Role::Owner) => Err(team::ONE_OWNER.to_owned()),
        role => Ok(role),
    }
}

/// The address alone of `Name <address>`.
fn bare(cell: &str) -> &str {
    let inside = cell.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
    inside.unwrap_or(cell).trim()
}

/// What stands between the cells of a line, if it has several: a tab, a semicolon or a comma.
fn delimiter(line: &str) -> Option<u8> {
    [b'\t', b';', b','].into_iter().find(|delimiter| line.contains(char::from(*delimiter)))
}

/// The cells of a line, with quotes as CSV has them (RFC 4180).
fn cells(line: &str, delimiter: Option<u8>) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(line.trim_matches(['\r', '\n', ' ']).as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    record.iter().flat_map(|record| record.iter().map(|cell| cell.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fine(_: &str) -> Result<(), &'static str> {
        Ok(())
    }

    fn emails(list: &str) -> Vec<(usize, String, Option<Role>)> {
        read(list, &fine).unwrap().into_iter().map(|typed| (typed.line, typed.email, typed.role)).collect()
    }

    #[test]
    fn lists_are_read_as_people_paste_them() {
        let list = "anselm@acme.example\r\n\n  Hollis Vane <hollis.vane@acme.example>\n\"Vane, Ida\",ida@acme.example,Admin\n\
                    mei@acme.example;viewer\nANSELM@acme.example\n";
        assert_eq!(
            emails(list),
            [
                (1, "anselm@acme.example".to_owned(), None),
                (3, "hollis.vane@acme.example".to_owned(), None),
                (4, "ida@acme.example".to_owned(), Some(Role::Admin)),
                (5, "mei@acme.example".to_owned(), Some(Role::Viewer)),
            ],
            "an address that stands twice is one"
        );
        assert_eq!(emails("name,e-mail,role\nIda,ida@acme.example,member").len(), 1);
        assert_eq!(
            emails(
                "name,title,e-mail,role\nIda,Admin,ida@acme.example,\n,Owner,mei@acme.example,Viewer\nVane; Bo,,bo@acme.example,"
            ),
            [
                (2, "ida@acme.example".to_owned(), None),
                (3, "mei@acme.example".to_owned(), Some(Role::Viewer)),
                (4, "bo@acme.example".to_owned(), None),
            ],
            "under a head only its column gives a role"
        );
        // A file behind what was typed already.
        assert_eq!(emails("kim@acme.example\nname,e-mail\nIda,ida@acme.example").len(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_line() {
        let wrong = |list: &str| read(list, &fine).unwrap_err().to_string();
        let told =
            wrong("a@acme.example\nfarrow.linden@@acme.example\nnobody\nb@acme.example,c@acme.example");
        assert_eq!(
            told,
            "Line 2: There is a second @ in column 15. Take one out. Line 3: This has no address. An e-mail address looks \
             like name@example.com. Line 4: This has two addresses. Write one a line."
        );
        assert!(wrong("ida@acme.example,owner").contains("There is one owner."));
        assert_eq!(
            wrong("e-mail,role\nida@acme.example,Boss"),
            "Line 2: Boss is no role. Write one of Admin, Billing, Member, Viewer."
        );
        assert!(wrong("e-mail,role\nida@acme.example,owner").contains("There is one owner."));
        assert!(wrong(" \n\n").contains("at least one address"));
        assert!(wrong(&"nobody\n".repeat(60)).contains("10 lines more are wrong."));
        let many: String = (0..=INVITED_AT_ONCE).map(|n| format!("p{n}@acme.example\n")).collect();
        assert!(wrong(&many).contains("At most 10000 people"), "{}", wrong(&many));
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_gives_addresses_of_one_line_or_an_error(list in "\\PC{0,200}|[a-z@<>,;\"\r\n\t .]{0,80}") {
            if let Ok(all) = read(&list, &fine) {
                for typed in all {
                    prop_assert!(text::email(&typed.email).is_ok(), "{:?}", typed);
                }
            }
        }
    }
}
