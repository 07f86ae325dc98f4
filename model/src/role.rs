//! Who may do what in a workspace: the table of design §3, as one pure function.

use serde::{Deserialize, Serialize};

/// Makes an enum whose variants are stored and sent as fixed words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every variant, in the order in which people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that is stored and sent.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The word that people read.
            #[must_use]
            pub const fn label(&self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::role::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$variant),)* _ => Err($crate::role::UnknownWord) }
            }
        }

        #[cfg(feature = "diesel")]
        $crate::sql::text_column!($name);
    };
}
pub(crate) use words;

/// A word that is not one of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known word")]
pub struct UnknownWord;

words! {
    /// A member's role in one workspace.
    Role {
        /// Everything, and exactly one a workspace.
        Owner = "owner", "Owner";
        /// Runs the workspace: people, repositories, permissions, tokens.
        Admin = "admin", "Admin";
        /// Plan and invoices, and the overview.
        Billing = "billing", "Billing";
        /// Sees everything and takes locks.
        Member = "member", "Member";
        /// Sees everything.
        Viewer = "viewer", "Viewer";
    }
}

words! {
    /// Whether a member may come in.
    MemberStatus {
        /// May come in.
        Active = "active", "Active";
        /// Kept, with the role, but let in nowhere.
        Suspended = "suspended", "Suspended";
        /// May come in, and has not been here for [`INACTIVE_AFTER`](crate::team::INACTIVE_AFTER). Never stored.
        Inactive = "inactive", "Inactive";
    }
}

words! {
    /// What somebody may be allowed to do in a workspace.
    Action {
        /// The workspace's name, counts and that it exists.
        SeeOverview = "see_overview", "See the overview";
        /// Repositories, stacks, deployments, locks, activity.
        SeeResources = "see_resources", "See repositories, stacks, deployments, locks and activity";
        /// IP addresses, user agents, token and invitation metadata.
        SeeSensitive = "see_sensitive", "See addresses, user agents, and token and invitation metadata";
        /// Take a lock and release one's own.
        UseLocks = "use_locks", "Take and release own locks";
        /// End somebody else's lock, or a deployment of which nothing comes any more, with a reason.
        ForceRelease = "force_release", "Force-release a lock or mark a deployment as cancelled";
        /// Add and remove repositories, confirm their identity.
        ManageRepositories = "manage_repositories", "Manage repositories";
        /// Add, edit and remove permissions.
        ManagePermissions = "manage_permissions", "Manage permissions";
        /// Make and revoke repository tokens.
        ManageTokens = "manage_tokens", "Manage tokens";
        /// Invite, remove, suspend, change roles.
        ManageMembers = "manage_members", "Manage members";
        /// Make, fill and delete groups.
        ManageGroups = "manage_groups", "Manage groups";
        /// Say who has which role on a thing. Whoever may this everywhere sees everything.
        ManageAccess = "manage_access", "Manage access";
        /// Ask for a role, or for one on a thing.
        RequestAccess = "request_access", "Request access";
        /// Name, slug, logo, description.
        ManageSettings = "manage_settings", "Change the workspace's settings";
        /// See plan and invoices.
        SeeBilling = "see_billing", "See plan and invoices";
        /// Change plan and billing contact.
        ManageBilling = "manage_billing", "Manage plan, invoices and billing contact";
        /// Go out of the workspace; ownership has to be handed over first.
        Leave = "leave", "Leave the workspace";
        /// Hand the workspace to another member.
        TransferOwnership = "transfer_ownership", "Transfer ownership";
        /// Delete the workspace.
        DeleteWorkspace = "delete_workspace", "Delete the workspace";
    }
}

impl Role {
    /// Whether the role may do `action`. The only place where this is decided (design §3).
    #[must_use]
    pub const fn may(self, action: Action) -> bool {
        match action {
            Action::SeeOverview => true,
            Action::SeeResources => !matches!(self, Self::Billing),
            Action::UseLocks | Action::RequestAccess => {
                matches!(self, Self::Owner | Self::Admin | Self::Member)
            }
            Action::SeeSensitive
            | Action::ForceRelease
            | Action::ManageRepositories
            | Action::ManagePermissions
            | Action::ManageTokens
            | Action::ManageMembers
            | Action::ManageGroups
            | Action::ManageAccess
            | Action::ManageSettings => matches!(self, Self::Owner | Self::Admin),
            Action::SeeBilling => matches!(self, Self::Owner | Self::Admin | Self::Billing),
            Action::ManageBilling => matches!(self, Self::Owner | Self::Billing),
            Action::Leave => !matches!(self, Self::Owner),
            Action::TransferOwnership | Action::DeleteWorkspace => matches!(self, Self::Owner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The golden matrix: a change of what a role may do must be seen in review.
    #[test]
    fn the_role_table_is_the_one_of_the_design() {
        let mut table = String::from("                      ");
        for role in Role::ALL {
            table.push_str(&format!("{:>8}", role.as_str()));
        }
        for action in Action::ALL {
            table.push_str(&format!("\n{:<22}", action.as_str()));
            for role in Role::ALL {
                table.push_str(&format!("{:>8}", if role.may(*action) { "yes" } else { "-" }));
            }
        }
        insta::assert_snapshot!(table, @r"
                                 owner   admin billing  member  viewer
        see_overview               yes     yes     yes     yes     yes
        see_resources              yes     yes       -     yes     yes
        see_sensitive              yes     yes       -       -       -
        use_locks                  yes     yes       -     yes       -
        force_release              yes     yes       -       -       -
        manage_repositories        yes     yes       -       -       -
        manage_permissions         yes     yes       -       -       -
        manage_tokens              yes     yes       -       -       -
        manage_members             yes     yes       -       -       -
        manage_groups              yes     yes       -       -       -
        manage_access              yes     yes       -       -       -
        request_access             yes     yes       -     yes       -
        manage_settings            yes     yes       -       -       -
        see_billing                yes     yes     yes       -       -
        manage_billing             yes       -     yes       -       -
        leave                        -     yes     yes     yes     yes
        transfer_ownership         yes       -       -       -       -
        delete_workspace           yes       -       -       -       -
        ");
    }

    #[test]
    fn words_are_read_back_as_what_they_were() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), *role);
        }
        assert_eq!("Owner".parse::<Role>(), Err(UnknownWord));
    }
}
