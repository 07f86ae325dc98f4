//! The texts: one topic a tag.

use super::Topic;

pub(super) const TOPICS: &[Topic] = &[
    Topic {
        tag: "NoPermission",
        title: "No permission matches",
        meaning: "The repository has no permission of the wanted kind whose workflow, branch and environment patterns all match this run, or the event that started the run is not ticked.",
        what_to_do: &[
            "Follow the Why link in the job's log: it shows the nearest permissions and what each of them wanted.",
            "Run the workflow from a branch, or in an environment, that a permission allows.",
            "An admin can add a permission on the same page, from the very values that were refused.",
        ],
    },
    Topic {
        tag: "WorkspaceOrRepositoryNotFound",
        title: "No such workspace, or the repository is not in it",
        meaning: "The workspace id is unknown, or the token's repository is not configured in that workspace. Which of the two is not said.",
        what_to_do: &[
            "Compare ATMOS_PRO_WORKSPACE_ID with the Workspace ID under Workspace Settings.",
            "Check that the repository is listed under Configured Repositories. A repository that was deleted and made again has another id, so it has to be added again.",
        ],
    },
    Topic {
        tag: "RepositoryHeld",
        title: "The repository has another name or owner now",
        meaning: "The numeric id is the one that is configured, but the repository was renamed or moved to another owner. Until an admin confirms that, its workflows are refused.",
        what_to_do: &[
            "An admin opens Configured Repositories, compares both names and ids, and confirms.",
            "If nobody renamed it, remove the repository and look into what happened.",
        ],
    },
    Topic {
        tag: "RepositoryRemoved",
        title: "The repository was removed",
        meaning: "The session was made while the repository was configured in the workspace. It no longer is.",
        what_to_do: &["An admin can add the repository again under Configured Repositories."],
    },
    Topic {
        tag: "RepositoryMismatch",
        title: "The request names another repository",
        meaning: "A session or token is for one repository, and the request's key or fields name another. The CLI takes the name from a git remote of the checkout.",
        what_to_do: &[
            "Check the checkout's git remotes: with several, the CLI may choose another than you expect.",
        ],
    },
    Topic {
        tag: "WorkspaceDeleted",
        title: "The workspace was deleted",
        meaning: "The session was made while the workspace was there.",
        what_to_do: &[
            "Set ATMOS_PRO_WORKSPACE_ID to another workspace, or take the step out of the workflow.",
        ],
    },
    Topic {
        tag: "AudienceRefused",
        title: "The token was made for a shared audience",
        meaning: "The workspace takes only tokens that were requested for this server's own audience, because one for atmos-pro.com could be used here by another server of that audience within its minutes.",
        what_to_do: &[
            "Request the token with this server's own audience.",
            "An admin can allow atmos-pro.com under Workspace Settings.",
        ],
    },
    Topic {
        tag: "TokenReplayed",
        title: "The token was used before",
        meaning: "Every OIDC token can be exchanged once, whatever became of it.",
        what_to_do: &["Request a new token in the job; the CLI does so by itself at each call."],
    },
    Topic {
        tag: "TokenRefused",
        title: "The token is not one that is trusted",
        meaning: "Its issuer, audience, signature, times or claims are not as they have to be. The message says which.",
        what_to_do: &[
            "Give the job the permission id-token: write.",
            "Send the token as the job received it; do not keep it for later.",
        ],
    },
    Topic {
        tag: "WorkflowRefused",
        title: "The token's workflow is not one of its repository",
        meaning: "The claim workflow_ref has to name a file directly in .github/workflows of the token's own repository.",
        what_to_do: &[
            "Call Stackyard from a workflow of the repository itself. Reusable workflows count as the workflow that calls them.",
        ],
    },
    Topic {
        tag: "DriftDetectionValidationError",
        title: "Drift detection lacks a workflow",
        meaning: "An instance is to be looked at for drift, and the workflow that looks or the one that mends is not named in its stack. Nothing of the upload was kept.",
        what_to_do: &[
            "Name both under settings.pro.drift_detection: detect.workflows and remediate.workflows.",
            "Or set settings.pro.drift_detection.enabled to false there.",
        ],
    },
    Topic {
        tag: "BadInstance",
        title: "An instance cannot be kept",
        meaning: "The name of a stack or a component is empty, longer than 400 bytes, or has control characters; or its type or settings.pro is too long. All of them are listed below the message. Nothing of the upload was kept.",
        what_to_do: &[
            "Give the listed stack or component another name, or take something out of its settings.pro.",
        ],
    },
    Topic {
        tag: "TooManyInstances",
        title: "There are too many instances",
        meaning: "An upload has at most 20,000 instances, and a repository at most 40,000, those that are not there any more among them.",
        what_to_do: &["Spread the stacks over several repositories."],
    },
    Topic {
        tag: "BadAffected",
        title: "What is affected cannot be kept",
        meaning: "The name of a stack or a component is empty, longer than 400 bytes, or has control characters; or a commit is longer than 100 bytes. Nothing of the upload was kept.",
        what_to_do: &["Give the listed stack or component another name."],
    },
    Topic {
        tag: "TooManyAffected",
        title: "Too much is affected",
        meaning: "An upload has at most 20,000 affected instances and 100,000 dependencies among them, all its pieces together.",
        what_to_do: &[
            "Upload the stacks one by one: atmos describe affected --upload --stack …",
            "Spread the stacks over several repositories.",
        ],
    },
    Topic {
        tag: "BadBatch",
        title: "A piece of an upload has numbers that make no sense",
        meaning: "An upload that comes in pieces names itself in each and says which of how many it is: from 0, and 1,000 at most.",
        what_to_do: &["Raise settings.pro.max_payload_bytes, so that there are fewer pieces."],
    },
    Topic {
        tag: "BatchConflict",
        title: "A piece of an upload came before with other content",
        meaning: "The same piece of the same upload was sent twice and is not the same.",
        what_to_do: &["Run the upload again; it gets a name of its own."],
    },
    Topic {
        tag: "BatchTooLarge",
        title: "The upload is too large",
        meaning: "All pieces of an upload have at most 64 MiB together, and a repository at most 100 uploads in pieces an hour.",
        what_to_do: &["Upload less at once, or take out what is large in settings.pro."],
    },
    Topic {
        tag: "BadReport",
        title: "This is no result of a plan or an apply",
        meaning: "A report has a command, plan or apply, and its exit code; that of an older client has a status, in_sync or drifted.",
        what_to_do: &["Let atmos send it: run terraform plan, apply or deploy with --upload-status."],
    },
    Topic {
        tag: "InstanceNotFound",
        title: "There is no such instance",
        meaning: "The inventory of the repository has no component of that name in that stack.",
        what_to_do: &[
            "Upload the inventory first: atmos list instances --upload.",
            "Check that the workflow's repository is the one that manages the stack.",
        ],
    },
    Topic {
        tag: "AmbiguousInstance",
        title: "Several instances could be meant",
        meaning: "The client sends only what stands behind a component's last slash, and several components of that stack end so. Which one was run cannot be told.",
        what_to_do: &["Rename one of the components, so that their last parts differ within the stack."],
    },
    Topic {
        tag: "BadDeployment",
        title: "The deployment cannot be recorded",
        meaning: "A value is missing, too long, or has control characters; or the deployment is to begin as one that has ended. All of them are listed below the message.",
        what_to_do: &["Mend the values that are named and send it again."],
    },
    Topic {
        tag: "DeploymentNotFound",
        title: "There is no such deployment",
        meaning: "The repository of the session has no deployment of that id.",
        what_to_do: &["Record it first: POST /api/v1/deployments answers its id."],
    },
    Topic {
        tag: "NotYourDeployment",
        title: "Another run recorded the deployment",
        meaning: "Only the run that recorded a deployment, or the same repository token, says how far it is and adds to its log. A new attempt of a run is another run.",
        what_to_do: &["Record a deployment in each run, and keep its id only for that run."],
    },
    Topic {
        tag: "DeploymentFinished",
        title: "The deployment has ended",
        meaning: "Success, failure and cancelled are final. An admin can mark a deployment as cancelled when nothing is heard of it any more.",
        what_to_do: &["Record a new deployment for the next try."],
    },
    Topic {
        tag: "DeploymentStarted",
        title: "The deployment runs already",
        meaning: "A deployment waits, runs and ends; it does not go back to waiting.",
        what_to_do: &["Record a new deployment for the next try."],
    },
    Topic {
        tag: "LogOffset",
        title: "The piece of the log does not follow what is there",
        meaning: "Each piece says how many bytes come before it. There is a gap, or other bytes came to that place before. The message says how long the log is.",
        what_to_do: &["Go on with what comes after the expected offset."],
    },
    Topic {
        tag: "LogPieceTooLarge",
        title: "The piece of the log is too long",
        meaning: "A request adds at most 64 KiB to a log.",
        what_to_do: &["Send several requests, each with the offset at which it begins."],
    },
    Topic {
        tag: "LogFull",
        title: "The log is full",
        meaning: "The log of a deployment has at most 16 MiB.",
        what_to_do: &["Let the command say less, or keep the whole log as an artifact of the run."],
    },
    Topic {
        tag: "LogClosed",
        title: "The log is closed",
        meaning: "An hour after a deployment's end its log is not added to any more.",
        what_to_do: &["Send the log while the deployment runs."],
    },
    Topic {
        tag: "LockHeld",
        title: "The key is locked",
        meaning: "Somebody holds the lock. The message says who, since when, until when and why. The same run cannot take it twice either.",
        what_to_do: &[
            "Wait until it ends, or ask its holder to release it.",
            "An admin can force-release it under Locks, with a reason.",
        ],
    },
    Topic {
        tag: "LockNotFound",
        title: "Nothing is locked",
        meaning: "There is no lock on this key: it was released, it ran out, or it was never taken.",
        what_to_do: &[
            "Nothing, if you only wanted it to be free.",
            "Give a lock a longer time to live if it ran out too soon: --ttl takes seconds.",
        ],
    },
    Topic {
        tag: "LockHeldByPerson",
        title: "A person holds the lock",
        meaning: "Workflows may release locks of workflows, not those that people took.",
        what_to_do: &["Its holder releases it under Locks; an admin can force it, with a reason."],
    },
    Topic {
        tag: "LockEnded",
        title: "The lock has ended",
        meaning: "It was released or ran out before you came.",
        what_to_do: &["Load the page again."],
    },
    Topic {
        tag: "BadLockKey",
        title: "The lock's key cannot be read",
        meaning: "A key is owner/repo/stack/component, without control characters, of at most 1,024 bytes.",
        what_to_do: &["Check the names of stack and component."],
    },
    Topic {
        tag: "BadLockMessage",
        title: "The lock's message is too long",
        meaning: "A message has at most 1,000 characters.",
        what_to_do: &["Say it shorter."],
    },
    Topic {
        tag: "BadTtl",
        title: "The lock's time to live is out of bounds",
        meaning: "It is a number of seconds from 1 to 604,800, which is 7 days; 0 means 30 seconds.",
        what_to_do: &["Check --ttl: it takes seconds, not milliseconds."],
    },
    Topic {
        tag: "NoGitRemote",
        title: "The checkout has no git remote",
        meaning: "The CLI makes the key from the git remote; without one the key begins with two slashes.",
        what_to_do: &["Add a remote: git remote add origin …"],
    },
    Topic {
        tag: "GitHubAppNeeded",
        title: "The GitHub App features are not set up",
        meaning: "Commits through the server, and tokens for other repositories, are made by a GitHub App. This server has none.",
        what_to_do: &[
            "Commit and push in the workflow itself, with the permission contents: write.",
            "Give the job a token of its own for the other repositories it reads.",
        ],
    },
    Topic {
        tag: "Unauthorized",
        title: "Not signed in, or the token is not known",
        meaning: "The session or token is unknown, has expired, or was revoked.",
        what_to_do: &[
            "Sign in again.",
            "In a workflow: exchange the job's OIDC token again, or set ATMOS_PRO_TOKEN to a token that is still valid.",
            "In a script: make a new access token or API key under Workspace Settings. They are taken by the management API alone, and by no route of the CLI.",
        ],
    },
    Topic {
        tag: "Forbidden",
        title: "Your role does not allow this",
        meaning: "You may see it, but not do this. The message names the roles that may.",
        what_to_do: &["Ask an owner or admin of the workspace."],
    },
    Topic {
        tag: "NotFound",
        title: "There is nothing here that you may see",
        meaning: "Either it does not exist, or you may not know that it does. Which of the two is not said.",
        what_to_do: &["Check the address.", "Ask whoever sent it to invite you."],
    },
    Topic {
        tag: "ValidationError",
        title: "Something that was sent is wrong",
        meaning: "Each error says which field, what is wrong and how to mend it.",
        what_to_do: &["Mend the fields that are named and send it again."],
    },
    Topic {
        tag: "BadRequest",
        title: "The request cannot be read",
        meaning: "The body is not JSON of the expected form: cut off, of the wrong type, nested too deeply, or with a character that cannot be stored.",
        what_to_do: &["Compare it with the API's documentation. The message says where reading stopped."],
    },
    Topic {
        tag: "PayloadTooLarge",
        title: "The request is too large",
        meaning: "Uploads have at most 8 MiB a request, everything else 1 MiB.",
        what_to_do: &["Lower settings.pro.max_payload_bytes, so that the CLI sends several requests."],
    },
    Topic {
        tag: "MethodNotAllowed",
        title: "The address does not take this method",
        meaning: "The path exists, but not with this HTTP method.",
        what_to_do: &["Check ATMOS_PRO_BASE_URL: a proxy that redirects turns a POST into a GET."],
    },
    Topic {
        tag: "TooManyRequests",
        title: "Tried too often",
        meaning: "After several wrong passwords there is a pause. It counts by address and by place.",
        what_to_do: &[
            "Wait as long as the message says. The operator can set a new password with stackyard admin.",
        ],
    },
    Topic {
        tag: "Unavailable",
        title: "Something that is needed does not answer",
        meaning: "The issuer's keys cannot be fetched, or the database does not answer.",
        what_to_do: &["Try again in a moment. The CLI tries uploads again by itself."],
    },
    Topic {
        tag: "InternalError",
        title: "Something went wrong here",
        meaning: "A bug, or a machine in trouble. Nothing was changed.",
        what_to_do: &[
            "Try again.",
            "If it stays, give the operator the trace id: the log has the cause under it.",
        ],
    },
    Topic {
        tag: "PermissionExists",
        title: "The permission is there already",
        meaning: "Two permissions with the same kind, patterns and events would only make it unclear which of them grants.",
        what_to_do: &["Edit the one that is there."],
    },
    Topic {
        tag: "PermissionsPresent",
        title: "The repository has permissions already",
        meaning: "The starter set is for a repository without any.",
        what_to_do: &["Add the others one by one."],
    },
    Topic {
        tag: "TooManyPermissions",
        title: "The repository has too many permissions",
        meaning: "A repository has at most 150.",
        what_to_do: &["Join several into one with a regex."],
    },
    Topic {
        tag: "NothingToConfirm",
        title: "Nothing waits for a confirmation",
        meaning: "Somebody confirmed it before you, or the repository turned up under its old name again.",
        what_to_do: &["Load the page again."],
    },
    Topic {
        tag: "IdentityChanged",
        title: "Another name turned up meanwhile",
        meaning: "What you saw is not what would be confirmed.",
        what_to_do: &["Load the page again and compare names and ids."],
    },
    Topic {
        tag: "RepositoryNameTaken",
        title: "Another repository here has that name",
        meaning: "In one workspace a name stands for one repository of a host.",
        what_to_do: &["Remove the other one first; its name was probably recycled."],
    },
    Topic {
        tag: "MemberExists",
        title: "The person is a member already",
        meaning: "Nobody is a member twice, and a workspace has exactly one owner.",
        what_to_do: &["Change the member's role instead."],
    },
    Topic {
        tag: "SetupLinkUsed",
        title: "The setup link does not work",
        meaning: "It was used, has expired after 24 hours, or was replaced by a newer one.",
        what_to_do: &[
            "Start the server again for a new link, as long as there is no account.",
            "If there is an account, sign in.",
        ],
    },
    Topic {
        tag: "InvitationEnded",
        title: "The invitation does not count any more",
        meaning: "It was used, declined, taken back, replaced by a newer one, or its time is over. A link works once.",
        what_to_do: &[
            "If it was you who used it, sign in.",
            "Otherwise ask who sent it for a new one: it takes the place of the old one.",
        ],
    },
    Topic {
        tag: "MissingScope",
        title: "The token may not be used for this",
        meaning: "Access tokens and API keys are made for some things, their scopes. The message names the one that this needs. What may be changed with a scope may also be read with it.",
        what_to_do: &[
            "An owner or admin makes one with this scope under Workspace Settings.",
            "Tokens and keys can never be made or changed with another one: that is done on the page.",
        ],
    },
    Topic {
        tag: "ChangedMeanwhile",
        title: "Somebody else changed it at the same moment",
        meaning: "Between reading it and changing it, it became something else. Nothing was done, so that no change is lost.",
        what_to_do: &["Read it again, and send what you want to change of that."],
    },
    Topic {
        tag: "PreconditionFailed",
        title: "It is not what If-Match says any more",
        meaning: "A request said by If-Match what it meant to change, and that was changed since. Nothing was done.",
        what_to_do: &["Read it again, and send the change with the ETag of that."],
    },
    Topic {
        tag: "IdempotencyKeyReused",
        title: "The Idempotency-Key came with another request",
        meaning: "A key stands for one request: its method, address and body. For a day it cannot be used for another.",
        what_to_do: &["Send another key with each request, and the same one only when it is sent again."],
    },
    Topic {
        tag: "IdempotencyKeyInUse",
        title: "The first request with this Idempotency-Key has not ended",
        meaning: "It is being done at this moment, or the server was stopped while it did it.",
        what_to_do: &[
            "Wait a moment and send it again.",
            "If it never ends, look whether it was done, then send it with another key.",
        ],
    },
    Topic {
        tag: "TooManyCredentials",
        title: "There are too many tokens or keys",
        meaning: "A workspace has at most 200 access tokens and 200 API keys that are not revoked.",
        what_to_do: &["Revoke those that nobody has used for long; the list says when each was used last."],
    },
    Topic {
        tag: "TooManyGroups",
        title: "There are too many groups",
        meaning: "A workspace has at most 500 groups: they are listed on one page.",
        what_to_do: &["Delete those that nobody is in, or that nothing is granted to."],
    },
    Topic {
        tag: "RequestExists",
        title: "You have asked for that already",
        meaning: "One request about the same role or repository waits at a time.",
        what_to_do: &[
            "Wait for an owner or admin to decide, or remind one of them.",
            "To ask for something else, cancel the request that waits first.",
        ],
    },
    Topic {
        tag: "TooManyAccessRequests",
        title: "Too many of your requests wait",
        meaning: "Twenty requests of one person wait at most.",
        what_to_do: &["Cancel those that you do not need any more."],
    },
    Topic {
        tag: "RequestDecided",
        title: "The request was decided already",
        meaning: "Somebody else approved or rejected it meanwhile, or who asked took it back. Nothing was changed by you.",
        what_to_do: &["Load the page again: it says what became of the request."],
    },
    Topic {
        tag: "RepositoryUnclear",
        title: "Not exactly one repository has that name",
        meaning: "Who asks for a repository types its name, without learning whether it is configured. None of this workspace has the name, or repositories on several hosts have it.",
        what_to_do: &[
            "Reject the request and say what was wrong with it.",
            "Or add the repository first, or grant the role on the page Access of the one that is meant, and reject the request.",
        ],
    },
    Topic {
        tag: "LinkEnded",
        title: "The link does not work any more",
        meaning: "It was used, its time is over, a newer one took its place, or it is for another account. A link works once.",
        what_to_do: &[
            "Ask for a new one: a forgotten password at the sign-in, a confirmation under My account.",
        ],
    },
    Topic {
        tag: "AddressProved",
        title: "The address is confirmed already",
        meaning: "A mail to this address was answered before, so there is nothing left to confirm.",
        what_to_do: &["You need not do anything."],
    },
    Topic {
        tag: "NoMail",
        title: "This server sends no mail",
        meaning: "Its operator has not set a mail server, so no link can be mailed.",
        what_to_do: &[
            "Ask the operator to set one, or to do it on the command line: stackyard admin set-password sets a new password.",
        ],
    },
];
