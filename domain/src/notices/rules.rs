//! Whom an event concerns, and when they hear of it by mail.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;
use stackyard_model::Ts;
use stackyard_model::activity::{Outcome, What};

/// Whom an event concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerned {
    /// Nobody in particular: the log has it.
    Nobody,
    /// Those who run the workspace.
    Admins,
    /// Those who run the workspace, and the members whom it is about: one, or those of a group.
    AdminsAndMembers,
    /// The person whose account it is; always by mail, and at once.
    Account,
}

/// The table. Every event of the vocabulary stands in it: a new one does not compile until somebody has decided.
pub(super) const fn concerned(what: What) -> Concerned {
    match what {
        What::PermissionAssigned
        | What::PermissionUpdated
        | What::PermissionRemoved
        | What::PermissionDefaults
        | What::RepositoryIdentityChanged
        | What::RepositoryIdentityConfirmed
        | What::RepositoryIdentityConflict
        | What::RepositoryTokenCreated
        | What::RepositoryTokenRevoked
        | What::CredentialCreated
        | What::CredentialRotated
        | What::CredentialDisabled
        | What::CredentialEnabled
        | What::CredentialOldSecretEnded
        | What::CredentialRevoked
        | What::CredentialExpiring
        | What::CredentialExpired
        | What::MemberJoined
        | What::MemberLeft
        | What::InvitationDeclined
        | What::AccessRequested
        | What::AccessCancelled
        // Who sees what, and whose tokens are taken.
        | What::WorkspaceSettingsChanged
        | What::WorkspaceDeleted => Concerned::Admins,
        What::MemberAdded
        | What::MemberRemoved
        | What::MemberRoleChanged
        | What::MemberSuspended
        | What::MemberRestored
        | What::OwnershipOffered
        | What::OwnershipOfferEnded
        | What::OwnershipTransferred
        | What::AccessGranted
        | What::AccessChanged
        | What::AccessRevoked
        | What::AccessApproved
        | What::AccessRejected
        | What::AccessExpired
        | What::GroupDeleted
        | What::GroupMembersAdded
        | What::GroupMembersRemoved => Concerned::AdminsAndMembers,
        What::PasswordChanged
        | What::PasswordReset
        | What::AddressProved
        | What::AccountDisabled
        | What::AccountEnabled => Concerned::Account,
        What::AccountErased
        | What::TokenExchanged
        | What::TokenRefused
        | What::RequestDenied
        | What::DenialsFolded
        | What::SignedIn
        | What::SignInFailed
        | What::SignedOut
        | What::ProfileChanged
        | What::PasswordLinkMailed
        | What::AddressLinkMailed
        | What::SessionRevoked
        | What::CiSessionRevoked
        | What::DeploymentCreated
        | What::DeploymentStarted
        | What::DeploymentFinished
        | What::DeploymentCancelled
        | What::InstancesUploaded
        | What::AffectedUploaded
        | What::DriftStatusUpdated
        | What::LockCreated
        | What::LockDeleted
        | What::LockForced
        | What::RepositoryImported
        | What::RepositoryRemoved
        | What::RepositoryPinned
        | What::MemberInvited
        | What::InvitationResent
        | What::InvitationRevoked
        | What::InvitationUndelivered
        | What::GroupCreated
        | What::GroupUpdated
        | What::WorkspaceCreated
        | What::WorkspaceRenamed
        | What::WorkspaceSlugChanged
        | What::WorkspaceLogoUpdated => Concerned::Nobody,
    }
}

/// Whether it changed anything: what was refused did not, except that a repository was held or met an impostor.
pub(super) fn counts(what: What, outcome: Outcome) -> bool {
    outcome == Outcome::Ok
        || matches!(what, What::RepositoryIdentityChanged | What::RepositoryIdentityConflict)
}

/// For how long notices are gathered before they are mailed at once: who edits five permissions sends one mail, and
/// whoever makes many events makes no flood.
pub(super) const GATHERED: Duration = Duration::from_secs(30);

/// The next time that it is eight in the morning in a person's zone; in UTC when they have none.
pub(super) fn next_morning(now: Ts, zone: Option<&str>) -> Ts {
    let zone = zone.and_then(|zone| jiff::tz::db().get(zone).ok()).unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_microsecond(now.as_micros()).unwrap_or_default();
    let today = at.to_zoned(zone.clone()).date();
    let eight = |date: jiff::civil::Date| {
        let moment = date.to_datetime(time(8, 0, 0, 0)).to_zoned(zone.clone()).ok()?;
        Some(Ts::from_micros(moment.timestamp().as_microsecond()))
    };
    let mornings = [Some(today), today.tomorrow().ok()].into_iter().flatten().filter_map(eight);
    mornings.into_iter().find(|morning| *morning > now).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this_one() {
        let mut told = String::new();
        for what in What::ALL {
            let whom = match concerned(*what) {
                Concerned::Nobody => continue,
                Concerned::Admins => "admins",
                Concerned::AdminsAndMembers => "admins and whom it is about",
                Concerned::Account => "whose account it is",
            };
            told += &format!("{}.{}: {whom}\n", what.category().as_str(), what.action());
        }
        insta::assert_snapshot!(told, @r"
        access.granted: admins and whom it is about
        access.changed: admins and whom it is about
        access.revoked: admins and whom it is about
        access.requested: admins
        access.approved: admins and whom it is about
        access.rejected: admins and whom it is about
        access.cancelled: admins
        access.expired: admins and whom it is about
        auth.password_changed: whose account it is
        auth.password_reset: whose account it is
        auth.address_proved: whose account it is
        auth.account_disabled: whose account it is
        auth.account_enabled: whose account it is
        credential.created: admins
        credential.rotated: admins
        credential.disabled: admins
        credential.enabled: admins
        credential.old_secret_ended: admins
        credential.revoked: admins
        credential.expiring: admins
        credential.expired: admins
        group.deleted: admins and whom it is about
        group.members_added: admins and whom it is about
        group.members_removed: admins and whom it is about
        permission.assigned: admins
        permission.updated: admins
        permission.removed: admins
        permission.default_created: admins
        repository.identity_changed: admins
        repository.identity_confirmed: admins
        repository.identity_conflict: admins
        repository_token.created: admins
        repository_token.revoked: admins
        team_member.added: admins and whom it is about
        team_member.removed: admins and whom it is about
        team_member.role_changed: admins and whom it is about
        team_member.suspended: admins and whom it is about
        team_member.restored: admins and whom it is about
        team_member.left: admins
        team_member.invitation_declined: admins
        team_member.joined: admins
        team_member.ownership_offered: admins and whom it is about
        team_member.ownership_offer_ended: admins and whom it is about
        team_member.ownership_transferred: admins and whom it is about
        workspace.settings_changed: admins
        workspace.deleted: admins
        ");
    }

    #[test]
    fn what_was_refused_changed_nothing_unless_it_shows_an_impostor() {
        for what in What::ALL {
            assert!(counts(*what, Outcome::Ok));
            let shows = [What::RepositoryIdentityChanged, What::RepositoryIdentityConflict].contains(what);
            assert_eq!(counts(*what, Outcome::Denied), shows, "{what:?}");
        }
    }

    #[test]
    fn the_morning_is_the_persons_own() {
        let morning = |now: &str, zone| next_morning(now.parse().unwrap(), zone).to_rfc3339_seconds();
        assert_eq!(morning("2025-11-21T07:59:59Z", None), "2025-11-21T08:00:00Z");
        assert_eq!(morning("2025-11-21T08:00:00Z", None), "2025-11-22T08:00:00Z");
        assert_eq!(morning("2025-11-21T07:59:59Z", Some("Asia/Tokyo")), "2025-11-21T23:00:00Z");
        assert_eq!(morning("2025-11-21T23:30:00Z", Some("America/New_York")), "2025-11-22T13:00:00Z");
        assert_eq!(morning("2025-11-21T07:00:00Z", Some("Middle/Earth")), "2025-11-21T08:00:00Z");
    }
}
