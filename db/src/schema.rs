//! The tables of both databases, as one schema. A test compares it with what the migrations make.
#![expect(
    missing_docs,
    reason = "the migrations say what each column is; the macro takes no comments on modules"
)]

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    users (id) {
        id -> Text,
        email -> Text,
        email_folded -> Text,
        email_verified -> Bool,
        name -> Text,
        name_folded -> Text,
        password_hash -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        theme -> Text,
        default_workspace_id -> Nullable<Text>,
        created_at -> UtcTs,
        disabled_at -> Nullable<UtcTs>,
        picture_version -> Nullable<Text>,
        notice_mail -> Text,
        notices_unread -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    pictures (user_id) {
        user_id -> Text,
        version -> Text,
        bytes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    account_links (secret_hash) {
        secret_hash -> Binary,
        user_id -> Text,
        purpose -> Text,
        email_folded -> Text,
        expires_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    notices (user_id, event_id) {
        user_id -> Text,
        event_id -> Text,
        workspace_id -> Nullable<Text>,
        read_at -> Nullable<UtcTs>,
        mail -> Text,
        mail_id -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    sessions (id) {
        id -> Text,
        secret_hash -> Binary,
        user_id -> Text,
        created_at -> UtcTs,
        last_seen_at -> UtcTs,
        expires_at -> UtcTs,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    setup_links (secret_hash) {
        secret_hash -> Binary,
        created_at -> UtcTs,
        expires_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    workspaces (id) {
        id -> Text,
        name -> Text,
        slug -> Text,
        description -> Text,
        logo_version -> Nullable<Text>,
        own_audience_only -> Bool,
        created_at -> UtcTs,
        deleted_at -> Nullable<UtcTs>,
        members_see_all -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    former_slugs (slug) {
        slug -> Text,
        workspace_id -> Text,
        until -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    logos (workspace_id) {
        workspace_id -> Text,
        version -> Text,
        content_type -> Text,
        bytes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    members (id) {
        id -> Text,
        workspace_id -> Text,
        user_id -> Text,
        role -> Text,
        status -> Text,
        joined_at -> UtcTs,
        last_active_at -> Nullable<UtcTs>,
        seen_at -> UtcTs,
        lent_role -> Nullable<Text>,
        lent_until -> Nullable<UtcTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    repositories (id) {
        id -> Text,
        workspace_id -> Text,
        host -> Text,
        remote_id -> Nullable<BigInt>,
        remote_owner_id -> Nullable<BigInt>,
        name -> Text,
        name_folded -> Text,
        held_name -> Nullable<Text>,
        held_owner_id -> Nullable<BigInt>,
        held_since -> Nullable<UtcTs>,
        last_seen_at -> Nullable<UtcTs>,
        created_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    permissions (id) {
        id -> Text,
        workspace_id -> Text,
        repository_id -> Text,
        kind -> Text,
        workflow -> Text,
        branch -> Text,
        environment -> Text,
        events -> Text,
        version -> Integer,
        created_at -> UtcTs,
        updated_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    repository_tokens (id) {
        id -> Text,
        workspace_id -> Text,
        repository_id -> Text,
        name -> Text,
        secret_hash -> Binary,
        created_by -> Text,
        made_by -> Nullable<Text>,
        created_at -> UtcTs,
        expires_at -> Nullable<UtcTs>,
        last_used_at -> Nullable<UtcTs>,
        revoked_at -> Nullable<UtcTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    ci_sessions (id) {
        id -> Text,
        secret_hash -> Binary,
        workspace_id -> Text,
        repository_id -> Text,
        issuer -> Text,
        audience -> Text,
        workflow -> Text,
        branch -> Text,
        branch_source -> Text,
        environment -> Nullable<Text>,
        event -> Text,
        run -> Text,
        created_at -> UtcTs,
        expires_at -> UtcTs,
        revoked_at -> Nullable<UtcTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    used_tokens (issuer, jti) {
        issuer -> Text,
        jti -> Text,
        expires_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    locks (id) {
        id -> Text,
        workspace_id -> Text,
        repository_id -> Text,
        key -> Text,
        path -> Text,
        holder_type -> Text,
        holder_id -> Text,
        holder_name -> Text,
        workflow -> Nullable<Text>,
        run_url -> Nullable<Text>,
        message -> Text,
        fence -> BigInt,
        created_at -> UtcTs,
        expires_at -> UtcTs,
        ended_at -> Nullable<UtcTs>,
        ended_how -> Nullable<Text>,
        ended_by -> Nullable<Text>,
        ended_reason -> Nullable<Text>,
        haystack -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    lock_fences (workspace_id, repository, path) {
        workspace_id -> Text,
        repository -> Text,
        path -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    instances (id) {
        id -> Text,
        workspace_id -> Text,
        repository_id -> Text,
        stack -> Text,
        component -> Text,
        component_type -> Text,
        pro -> Nullable<Text>,
        described -> Text,
        enabled -> Bool,
        drift_enabled -> Bool,
        status -> Text,
        last_command -> Nullable<Text>,
        last_exit_code -> Nullable<Integer>,
        last_run_at -> Nullable<UtcTs>,
        planned_at -> Nullable<UtcTs>,
        applied_at -> Nullable<UtcTs>,
        absent_since -> Nullable<UtcTs>,
        created_at -> UtcTs,
        haystack -> Text,
        plan_run_url -> Nullable<Text>,
        apply_run_url -> Nullable<Text>,
        last_run_said -> Nullable<UtcTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    upload_chunks (repository_id, kind, batch_id, index) {
        repository_id -> Text,
        kind -> Text,
        batch_id -> Text,
        index -> Integer,
        total -> Integer,
        digest -> Text,
        size -> BigInt,
        content -> Text,
        created_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    affected_uploads (id) {
        id -> Text,
        workspace_id -> Text,
        repository_id -> Text,
        digest -> Text,
        head_sha -> Text,
        base_sha -> Text,
        branch -> Nullable<Text>,
        event -> Nullable<Text>,
        actor_type -> Text,
        actor_id -> Text,
        actor_name -> Text,
        workflow -> Nullable<Text>,
        run_url -> Nullable<Text>,
        changed -> Integer,
        downstream -> Integer,
        edges -> Integer,
        cycles -> Integer,
        layers -> Integer,
        created_at -> UtcTs,
        haystack -> Text,
    }
}

diesel::table! {
    affected_graphs (upload_id) {
        upload_id -> Text,
        content -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    deployments (id) {
        id -> Text,
        workspace_id -> Text,
        repository_id -> Text,
        instance_id -> Text,
        stack -> Text,
        component -> Text,
        environment -> Nullable<Text>,
        environment_folded -> Nullable<Text>,
        commit_sha -> Nullable<Text>,
        branch -> Nullable<Text>,
        title -> Nullable<Text>,
        message -> Nullable<Text>,
        status -> Text,
        source -> Text,
        exit_code -> Nullable<Integer>,
        once -> Nullable<Text>,
        actor_type -> Text,
        actor_id -> Text,
        actor_name -> Text,
        workflow -> Nullable<Text>,
        run_url -> Nullable<Text>,
        log_size -> BigInt,
        log_breaks -> BigInt,
        log_open -> Bool,
        log_forgotten_at -> Nullable<UtcTs>,
        created_at -> UtcTs,
        started_at -> Nullable<UtcTs>,
        finished_at -> Nullable<UtcTs>,
        haystack -> Text,
        heard_at -> Nullable<UtcTs>,
        asked -> Nullable<Text>,
    }
}

diesel::table! {
    deployment_logs (deployment_id, start) {
        deployment_id -> Text,
        start -> BigInt,
        breaks -> BigInt,
        content -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    events (id) {
        id -> Text,
        workspace_id -> Nullable<Text>,
        at -> UtcTs,
        actor_type -> Text,
        actor_id -> Text,
        actor_name -> Text,
        category -> Text,
        action -> Text,
        outcome -> Text,
        target_type -> Text,
        target_id -> Text,
        target_name -> Text,
        repository_id -> Nullable<Text>,
        repository -> Nullable<Text>,
        kind -> Nullable<Text>,
        workflow -> Nullable<Text>,
        branch -> Nullable<Text>,
        environment -> Nullable<Text>,
        event -> Nullable<Text>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        trace_id -> Text,
        permission_id -> Nullable<Text>,
        permission_version -> Nullable<Integer>,
        trace_digest -> Nullable<Text>,
        details -> Text,
        haystack -> Text,
        facets -> Text,
        seq -> Nullable<BigInt>,
    }
}

diesel::table! {
    log_marks (name) {
        name -> Text,
        seq -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    event_counts (workspace_id, hour, facets) {
        workspace_id -> Text,
        hour -> UtcTs,
        facets -> Text,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    permission_matches (permission_id) {
        permission_id -> Text,
        count -> BigInt,
        last_at -> UtcTs,
    }
}

diesel::table! {
    traces (workspace_id, digest) {
        workspace_id -> Text,
        digest -> Text,
        content -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    denials (workspace_id, fingerprint) {
        workspace_id -> Text,
        fingerprint -> Text,
        event_id -> Text,
        count -> BigInt,
        first_at -> UtcTs,
        last_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    flashes (secret_hash) {
        secret_hash -> Binary,
        session_id -> Text,
        content -> Binary,
        expires_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    throttles (key) {
        key -> Text,
        count -> Integer,
        since -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    server_keys (name) {
        name -> Text,
        key -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    leases (name) {
        name -> Text,
        holder -> Text,
        until -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    invitations (id) {
        id -> Text,
        workspace_id -> Text,
        email -> Text,
        email_folded -> Text,
        role -> Text,
        state -> Text,
        way -> Text,
        link_hash -> Nullable<Binary>,
        days -> Integer,
        invited_by -> Text,
        invited_by_name -> Text,
        created_at -> UtcTs,
        sent_at -> UtcTs,
        expires_at -> UtcTs,
        decided_at -> Nullable<UtcTs>,
        decided_by -> Nullable<Text>,
        decided_by_name -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    invitation_links (secret_hash) {
        secret_hash -> Binary,
        invitation_id -> Text,
        way -> Text,
        created_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    mails (id) {
        id -> Text,
        workspace_id -> Nullable<Text>,
        kind -> Text,
        subject_id -> Text,
        state -> Text,
        attempts -> Integer,
        due_at -> UtcTs,
        claimed_at -> Nullable<UtcTs>,
        ended_at -> Nullable<UtcTs>,
        note -> Nullable<Text>,
        created_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    ownership_offers (workspace_id) {
        workspace_id -> Text,
        from_member -> Text,
        to_member -> Text,
        created_at -> UtcTs,
        expires_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    groups (id) {
        id -> Text,
        workspace_id -> Text,
        name -> Text,
        name_folded -> Text,
        description -> Text,
        created_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    group_members (group_id, member_id) {
        group_id -> Text,
        member_id -> Text,
        added_at -> UtcTs,
    }
}

diesel::table! {
    invitation_groups (invitation_id, group_id) {
        invitation_id -> Text,
        group_id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    grants (id) {
        id -> Text,
        workspace_id -> Text,
        resource_type -> Text,
        resource_id -> Text,
        member_id -> Nullable<Text>,
        group_id -> Nullable<Text>,
        role -> Text,
        expires_at -> Nullable<UtcTs>,
        granted_by_name -> Text,
        created_at -> UtcTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    access_requests (id) {
        id -> Text,
        workspace_id -> Text,
        member_id -> Text,
        subject -> Text,
        role -> Nullable<Text>,
        resource_type -> Nullable<Text>,
        resource_name -> Nullable<Text>,
        resource_role -> Nullable<Text>,
        reason -> Text,
        state -> Text,
        created_at -> UtcTs,
        decided_at -> Nullable<UtcTs>,
        decided_by_name -> Nullable<Text>,
        note -> Nullable<Text>,
        expires_at -> Nullable<UtcTs>,
        grant_id -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    credentials (id) {
        id -> Text,
        workspace_id -> Text,
        kind -> Text,
        name -> Text,
        description -> Text,
        scopes -> Text,
        secret_hash -> Binary,
        hint -> Text,
        old_secret_hash -> Nullable<Binary>,
        old_until -> Nullable<UtcTs>,
        active -> Bool,
        created_by -> Text,
        made_by -> Nullable<Text>,
        old_made_by -> Nullable<Text>,
        created_at -> UtcTs,
        rotated_at -> Nullable<UtcTs>,
        days -> Nullable<Integer>,
        expires_at -> Nullable<UtcTs>,
        warned_at -> Nullable<UtcTs>,
        expiry_told_at -> Nullable<UtcTs>,
        last_used_at -> Nullable<UtcTs>,
        last_used_from -> Nullable<Text>,
        revoked_at -> Nullable<UtcTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use stackyard_model::sql::UtcTs;
    idempotency_keys (credential_id, key_digest) {
        credential_id -> Text,
        key_digest -> Text,
        request_digest -> Text,
        status -> Nullable<Integer>,
        answer -> Nullable<Text>,
        created_at -> UtcTs,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    setup_links,
    workspaces,
    former_slugs,
    logos,
    members,
    repositories,
    permissions,
    repository_tokens,
    ci_sessions,
    used_tokens,
    locks,
    lock_fences,
    instances,
    upload_chunks,
    affected_uploads,
    affected_graphs,
    deployments,
    deployment_logs,
    events,
    log_marks,
    event_counts,
    permission_matches,
    traces,
    denials,
    flashes,
    throttles,
    server_keys,
    leases,
    invitations,
    invitation_links,
    mails,
    ownership_offers,
    groups,
    group_members,
    invitation_groups,
    grants,
    access_requests,
    pictures,
    account_links,
    notices,
    credentials,
    idempotency_keys,
);
diesel::joinable!(group_members -> groups (group_id));
diesel::joinable!(group_members -> members (member_id));
diesel::joinable!(grants -> members (member_id));
diesel::joinable!(grants -> groups (group_id));
diesel::joinable!(invitation_groups -> groups (group_id));
diesel::joinable!(access_requests -> members (member_id));
diesel::joinable!(members -> users (user_id));
diesel::joinable!(members -> workspaces (workspace_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(permissions -> repositories (repository_id));
diesel::joinable!(repository_tokens -> repositories (repository_id));
diesel::joinable!(locks -> repositories (repository_id));
diesel::joinable!(invitations -> workspaces (workspace_id));
diesel::joinable!(invitation_links -> invitations (invitation_id));
