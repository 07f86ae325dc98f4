//! What goes out by mail.

use serde::{Deserialize, Serialize};

use crate::role::words;

words! {
    /// What a mail is about, which decides what it says and what its subject is.
    MailKind {
        /// An invitation.
        Invitation = "invitation", "Invitation";
        /// A link to set a new password; about a person.
        PasswordReset = "password_reset", "New password";
        /// A link that proves an address; about a person.
        AddressProof = "address_proof", "Proof of an address";
        /// What a person is told at once.
        Notices = "notices", "Notices";
        /// What a person is told once a day.
        Digest = "digest", "Daily notices";
    }
}
