//! What a repository's setup page gives to copy.

use stackyard_model::PermissionKind;

/// What the workflow may do.
pub(super) const NEEDED: [PermissionKind; 4] = [
    PermissionKind::InstancesCreate,
    PermissionKind::InstancesUpdate,
    PermissionKind::LocksCreate,
    PermissionKind::LocksDelete,
];

/// The workflow, for a server and a workspace.
pub(super) fn workflow(public_url: &str, workspace_id: &str) -> String {
    format!(
        r#"name: atmos
on: workflow_dispatch

permissions:
  id-token: write # lets the workflow sign in
  contents: read

env:
  ATMOS_PRO_BASE_URL: {public_url}
  ATMOS_PRO_WORKSPACE_ID: {workspace_id}
  ATMOS_TELEMETRY_ENABLED: "false"

jobs:
  inventory:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: cloudposse/github-action-setup-atmos@v2
      - run: atmos list instances --upload

  apply:
    needs: inventory
    runs-on: ubuntu-latest
    env:
      STACK: plat-ue1-dev
      COMPONENT: vpc
    steps:
      - uses: actions/checkout@v5
      - uses: cloudposse/github-action-setup-atmos@v2
      - id: lock
        run: atmos pro lock --stack "$STACK" --component "$COMPONENT" --ttl 1800
      - run: atmos terraform deploy "$COMPONENT" --stack "$STACK" --upload-status
      - if: always() && steps.lock.outcome == 'success'
        run: atmos pro unlock --stack "$STACK" --component "$COMPONENT"
"#
    )
}

/// A step that records a deployment, runs it, and keeps its log while it grows, in pieces as the API takes them. A piece is
/// cut anew only when the one before is there, since the answer to it may have been lost. A session lasts for an hour, so
/// a long deployment signs in again. Once the apply runs, nothing but the apply decides how the step ends.
pub(super) const DEPLOYMENT_STEP: &str = r#"      - name: Deploy
        shell: bash
        run: |
          api="$ATMOS_PRO_BASE_URL/api/v1"
          ask() { curl -sS --fail-with-body --connect-timeout 5 --max-time 30 "$@"; }
          sign_in() {
            oidc=$(ask -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
              "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=atmos-pro.com" | jq -r .value) &&
              fresh=$(jq -n --arg t "$oidc" --arg w "$ATMOS_PRO_WORKSPACE_ID" '{token: $t, workspaceId: $w}' |
                ask --json @- "$api/auth/github-oidc" | jq -r .data.token) && session=$fresh
          }
          call() { ask -H "Authorization: Bearer $session" "$@"; }
          offset=0
          send_log() {
            while :; do
              [ -s piece.log ] || tail -c "+$((offset + 1))" deploy.log | head -c 65536 > piece.log
              [ -s piece.log ] || return 0
              call --data-binary @piece.log "$api/deployments/$id/logs?offset=$offset" > /dev/null || return
              offset=$((offset + $(wc -c < piece.log)))
              : > piece.log
            done
          }
          : > deploy.log
          : > piece.log
          sign_in
          id=$(jq -n --arg s "$STACK" --arg c "$COMPONENT" '{stack: $s, component: $c}' |
            call -H "Idempotency-Key: $GITHUB_RUN_ID.$GITHUB_RUN_ATTEMPT.$STACK.$COMPONENT" \
              --json @- "$api/deployments" | jq -r .data.id)
          set +e # from here on only the apply decides how the step ends
          (atmos terraform deploy "$COMPONENT" --stack "$STACK" 2>&1 | tee deploy.log) &
          apply=$!
          while kill -0 "$apply" 2> /dev/null; do
            sleep 2
            send_log || { sleep 5; sign_in; }
          done
          wait "$apply"
          code=$?
          status=success
          [ "$code" = 0 ] || status=failure
          for pause in 0 2 10 30; do
            sleep "$pause"
            sign_in
            send_log || [ "$pause" = 30 ] || continue
            jq -n --arg s "$status" --argjson c "$code" '{status: $s, exit_code: $c}' |
              call -X PATCH --json @- "$api/deployments/$id" > /dev/null && exit "$code"
          done
          echo "::warning::The deployment $id could not be told how it ended: $status."
          exit "$code"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workflow_carries_this_servers_values() {
        let text = workflow("https://stackyard.acme.example", "ws_1");
        for line in [
            "  id-token: write # lets the workflow sign in\n",
            "  ATMOS_PRO_BASE_URL: https://stackyard.acme.example\n",
            "  ATMOS_PRO_WORKSPACE_ID: ws_1\n",
            "  ATMOS_TELEMETRY_ENABLED: \"false\"\n",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }

    #[test]
    fn the_workflow_releases_only_a_lock_that_it_took() {
        let text = workflow("https://stackyard.acme.example", "ws_1");
        let (before, unlock) = text.split_once("atmos pro unlock").unwrap();
        assert!(before.contains("      - id: lock\n        run: atmos pro lock "));
        assert!(before.ends_with("      - if: always() && steps.lock.outcome == 'success'\n        run: "));
        assert!(!unlock.contains("always()"));
    }

    #[test]
    fn the_workflow_sends_the_inventory_before_it_reports_a_status() {
        let text = workflow("https://stackyard.acme.example", "ws_1");
        let inventory = text.find("atmos list instances --upload\n").unwrap();
        let status = text.find("--upload-status\n").unwrap();
        assert!(inventory < status && text.contains("    needs: inventory\n"));
    }
}
