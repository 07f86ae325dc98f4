//! Roles on single things, such as a repository, and what they and the role in the workspace come to together (design §3).

use serde::{Deserialize, Serialize};

use crate::id::{AccessRequestId, GrantId, GroupId, MemberId, RepositoryId};
use crate::role::words;
use crate::{Action, Role, Ts};

words! {
    /// What kind of thing a role can be on. Projects, apps and servers follow when there are any.
    ResourceType {
        /// A Git repository, with its stacks, deployments and locks.
        Repository = "repository", "Repository";
    }
}

words! {
    /// A role on one thing; each can do what the one before it can.
    ResourceRole {
        /// Sees it.
        Read = "read", "Read";
        /// Does there what a member does: takes and releases own locks.
        Write = "write", "Write";
        /// Does there what an admin does: its permissions, its locks, who has access to it.
        Admin = "admin", "Admin";
    }
}

impl ResourceRole {
    /// Whether the role may do `action` with its thing.
    #[must_use]
    pub const fn may(self, action: Action) -> bool {
        match action {
            Action::SeeResources => true,
            Action::UseLocks => matches!(self, Self::Write | Self::Admin),
            Action::ForceRelease | Action::ManagePermissions | Action::ManageAccess => {
                matches!(self, Self::Admin)
            }
            _ => false,
        }
    }

    /// What follows from it, in one sentence.
    #[must_use]
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Read => "Sees it, with its stacks, deployments, locks and log.",
            Self::Write => "Also takes and releases locks of their own there.",
            Self::Admin => "Also its permissions, others’ locks, and who has access.",
        }
    }
}

/// All that decides what somebody may do with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Their role in the workspace.
    pub role: Role,
    /// Whether members and viewers see everything, or only what is granted to them.
    pub members_see_all: bool,
    /// The strongest role on the thing that they or their groups were granted.
    pub granted: Option<ResourceRole>,
}

impl Standing {
    /// Whether they may do `action` with the thing. The only place where this is decided.
    ///
    /// Admins and the owner go by their role. So do members and viewers where they see all; where they see only what is
    /// granted, their role says nothing about a thing, and the grant alone counts. A grant adds to the role, and gives
    /// nothing to a role that does not see resources at all.
    #[must_use]
    pub const fn may(self, action: Action) -> bool {
        if self.role.may(action) && (self.members_see_all || self.role.may(Action::ManageAccess)) {
            return true;
        }
        match self.granted {
            Some(granted) => self.role.may(Action::SeeResources) && granted.may(action),
            None => false,
        }
    }

    /// The role on the thing that it comes to; none for who does not see it.
    #[must_use]
    pub fn comes_to(self) -> Option<ResourceRole> {
        let needs = [
            (ResourceRole::Admin, Action::ManagePermissions),
            (ResourceRole::Write, Action::UseLocks),
            (ResourceRole::Read, Action::SeeResources),
        ];
        needs.into_iter().find(|(_, action)| self.may(*action)).map(|(role, _)| role)
    }
}

/// Members together, for granting access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name, unique in the workspace.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// How many are in it.
    pub members: i64,
    /// On how many things it has a role.
    pub grants: i64,
    /// When it was made.
    pub created_at: Ts,
}

/// A member, as lists of groups and of access name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedMember {
    /// The membership's id.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role in the workspace.
    pub role: Role,
}

/// Why somebody may do something with a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Because {
    /// By their role in the workspace.
    Role(Role),
    /// It was granted to them; until then, when it ends by itself.
    Granted(ResourceRole, Option<Ts>),
    /// It was granted to a group that they are in, by name.
    Group(String, ResourceRole, Option<Ts>),
}

impl Because {
    /// The reason without its end: "as Admin", "Write by the group Platform".
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Role(role) => format!("as {} of the workspace", role.label()),
            Self::Granted(role, _) => format!("{} granted to them", role.label()),
            Self::Group(name, role, _) => format!("{} by the group {name}", role.label()),
        }
    }

    /// When it ends by itself.
    #[must_use]
    pub const fn until(&self) -> Option<Ts> {
        match self {
            Self::Role(_) => None,
            Self::Granted(_, until) | Self::Group(_, _, until) => *until,
        }
    }
}

/// A repository that somebody reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// The repository.
    pub repository_id: RepositoryId,
    /// Its name.
    pub repository: String,
    /// What it comes to.
    pub comes_to: ResourceRole,
    /// All the reasons.
    pub because: Vec<Because>,
}

/// Somebody who reaches a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reaching {
    /// Who.
    pub member: NamedMember,
    /// What it comes to.
    pub comes_to: ResourceRole,
    /// All the reasons.
    pub because: Vec<Because>,
}

/// Who has a role on a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Grantee {
    /// A member, by name.
    Member(MemberId, String),
    /// A group, by name.
    Group(GroupId, String),
}

impl Grantee {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Member(_, name) | Self::Group(_, name) => name,
        }
    }
}

/// A role on a repository that somebody was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The repository.
    pub repository_id: RepositoryId,
    /// That repository's name.
    pub repository: String,
    /// To whom.
    pub to: Grantee,
    /// The role.
    pub role: ResourceRole,
    /// When it ends by itself; none: it does not.
    pub expires_at: Option<Ts>,
    /// Who granted it.
    pub granted_by_name: String,
    /// When.
    pub created_at: Ts,
}

words! {
    /// What became of a request.
    RequestState {
        /// Nobody decided yet.
        Pending = "pending", "Pending";
        /// Granted; for good or until its end.
        Approved = "approved", "Approved";
        /// An admin said no.
        Rejected = "rejected", "Rejected";
        /// Who asked took it back.
        Cancelled = "cancelled", "Cancelled";
        /// It was granted for a time, and that is over.
        Expired = "expired", "Ended";
    }
}

/// For how long a request can be granted, in days; 0 is for good.
pub const GRANTED_DAYS: [u32; 5] = [1, 7, 30, 90, 0];

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Asked {
    /// A role in the workspace.
    Role(Role),
    /// A role on a repository, by the name that was typed.
    Repository(String, ResourceRole),
}

impl Asked {
    /// As people read it: "Admin", "Write on acme/infra".
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Role(role) => role.label().to_owned(),
            Self::Repository(name, role) => format!("{} on {name}", role.label()),
        }
    }
}

/// What a member asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessRequest {
    /// Its id.
    pub id: AccessRequestId,
    /// Who asks.
    pub member_id: MemberId,
    /// Their name.
    pub member_name: String,
    /// For what.
    pub asked: Asked,
    /// Why.
    pub reason: String,
    /// What became of it.
    pub state: RequestState,
    /// When it was asked.
    pub created_at: Ts,
    /// When it was decided, taken back or over.
    pub decided_at: Option<Ts>,
    /// By whom.
    pub decided_by_name: Option<String>,
    /// What who decided said.
    pub note: Option<String>,
    /// Until when it holds; none: for good.
    pub expires_at: Option<Ts>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The golden matrix: every role, workspace setting and grant. A change of it must be seen in review.
    #[test]
    fn what_it_comes_to_is_decided_here_alone() {
        let mut table = format!("{:<22}{:>8}{:>8}{:>8}{:>8}", "", "none", "read", "write", "admin");
        for members_see_all in [true, false] {
            for role in Role::ALL {
                let setting = if members_see_all { "sees all" } else { "only granted" };
                table.push_str(&format!("\n{:<22}", format!("{role}, {setting}")));
                let grants = std::iter::once(None).chain(ResourceRole::ALL.iter().copied().map(Some));
                for granted in grants {
                    let comes_to = Standing { role: *role, members_see_all, granted }.comes_to();
                    table.push_str(&format!("{:>8}", comes_to.map_or("-", |role| role.as_str())));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
                                  none    read   write   admin
        owner, sees all          admin   admin   admin   admin
        admin, sees all          admin   admin   admin   admin
        billing, sees all            -       -       -       -
        member, sees all         write   write   write   admin
        viewer, sees all          read    read   write   admin
        owner, only granted      admin   admin   admin   admin
        admin, only granted      admin   admin   admin   admin
        billing, only granted        -       -       -       -
        member, only granted         -    read   write   admin
        viewer, only granted         -    read   write   admin
        ");
    }

    #[test]
    fn a_role_on_a_thing_gives_nothing_of_the_workspace() {
        for action in Action::ALL {
            let admin =
                Standing { role: Role::Viewer, members_see_all: false, granted: Some(ResourceRole::Admin) };
            let on_things = [
                Action::SeeResources,
                Action::UseLocks,
                Action::ForceRelease,
                Action::ManagePermissions,
                Action::ManageAccess,
            ];
            assert_eq!(admin.may(*action), on_things.contains(action), "{action}");
        }
    }
}
