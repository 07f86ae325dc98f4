//! The OpenAPI document of the API. What an operation takes and answers is written at its handler; what all have in common –
//! the envelope, the refusals, the scope, the headers – is put in here, from the table of routes.

use axum::response::IntoResponse;
use http::header;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{OpenApi, ToSchema};

use crate::routes::{ROUTES, Route, Verb, Who};

/// Nothing more to say.
#[derive(Serialize, ToSchema)]
pub struct Nothing {}

/// What is written at the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stackyard",
        description = "What the dashboard does with a workspace, for scripts and services, and what the `atmos` CLI \
                       calls. Every answer is an envelope; `data` has what is described here. `errorTag` is explained \
                       under `/help`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        super::workspace::show,
        super::workspace::update,
        super::members::list,
        super::members::show,
        super::members::update,
        super::members::remove,
        super::invitations::list,
        super::invitations::show,
        super::invitations::create,
        super::invitations::resend,
        super::invitations::revoke,
        super::groups::list,
        super::groups::show,
        super::groups::create,
        super::groups::update,
        super::groups::delete,
        super::groups::members,
        super::groups::add,
        super::groups::remove,
        super::repositories::list,
        super::repositories::show,
        super::repositories::create,
        super::repositories::remove,
        super::permissions::list,
        super::permissions::show,
        super::permissions::create,
        super::permissions::update,
        super::permissions::remove,
        super::locks::list,
        super::locks::show,
        super::locks::release,
        super::deployments::list,
        super::deployments::show,
        super::instances::list,
        super::instances::show,
        super::activity::list,
        super::activity::show,
        crate::api::auth::exchange,
        crate::api::locks::take,
        crate::api::locks::release,
        crate::api::affected::upload,
        crate::api::instances::upload,
        crate::api::instances::report,
        crate::api::deployments::create,
        crate::api::deployments::update,
        crate::api::deployments::list,
        crate::api::deployments::show,
    )
)]
struct Written;

/// A refusal that every operation may answer with, and when.
const REFUSALS: &[(&str, &str)] = &[
    ("400", "Something that was sent is wrong; `data.validationErrors` lists what"),
    ("401", "The token or key is unknown, expired, revoked or switched off"),
    ("403", "It lacks the scope, or this is not done to such a thing"),
    ("404", "There is no such thing in this workspace"),
    ("409", "Things are not as they would have to be"),
    ("413", "The body is too large"),
    ("429", "It came too often; `Retry-After` says when to come again"),
    ("503", "A service that is needed does not answer; `Retry-After` says when to come again"),
];

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut document = serde_json::to_value(Written::openapi()).unwrap_or_default();
    for route in ROUTES {
        if let Some(operation) = operation(&mut document, route) {
            complete(operation, route);
        }
    }
    merge(
        &mut document,
        "components",
        json!({
            "securitySchemes": {
                "credential": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token (`workspace_token_…`) or an API key (`key_…`), made under Workspace \
                                    Settings. What it may be used for are its scopes.",
                },
                "workflow": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A CI session (`ci_…`) or a repository token (`stackyard_repo_…`).",
                },
            },
            "headers": {
                "ETag": {
                    "description": "What `If-Match` takes.",
                    "schema": {"type": "string"},
                },
            },
        }),
    );
    merge(&mut document, "components", json!({"schemas": {"Refusal": refusal()}}));
    document
}

/// Gives the document away: it says nothing of what is on this server.
pub async fn show() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, document().to_string())
}

/// The operation of a route, where it is described.
fn operation<'a>(document: &'a mut Value, route: &Route) -> Option<&'a mut Map<String, Value>> {
    let method = route.method.as_str().to_ascii_lowercase();
    document.get_mut("paths")?.get_mut(route.path)?.get_mut(&method)?.as_object_mut()
}

/// Adds what all operations have in common.
fn complete(operation: &mut Map<String, Value>, route: &Route) {
    let mut parameters = operation.remove("parameters").unwrap_or_else(|| json!([]));
    match route.who {
        Who::Credential(scope) => {
            operation.insert("security".to_owned(), json!([{"credential": [scope.as_str()]}]));
            let said = operation.get("description").and_then(Value::as_str).unwrap_or_default();
            let said = format!("{said}\n\nNeeds the scope `{scope}`.").trim().to_owned();
            operation.insert("description".to_owned(), said.into());
            if let Some(parameters) = parameters.as_array_mut() {
                parameters.extend(header_of(route.method));
            }
        }
        Who::Ci => {
            operation.insert("security".to_owned(), json!([{"workflow": []}]));
        }
        _ => {}
    }
    operation.insert("parameters".to_owned(), parameters);
    let name = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
    let lists = name.starts_with("list");
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for response in responses.values_mut() {
        let schema = response.pointer_mut("/content/application~1json/schema");
        let tagged = schema.is_some();
        if let Some(schema) = schema {
            *schema = envelope(schema.take());
        }
        if let Some(response) = response.as_object_mut().filter(|_| tagged && is_managed(route) && !lists) {
            response.insert("headers".to_owned(), json!({"ETag": {"$ref": "#/components/headers/ETag"}}));
        }
    }
    for (status, when) in refusals(route) {
        let schema = json!({"$ref": "#/components/schemas/Refusal"});
        let response = json!({"description": when, "content": {"application/json": {"schema": schema}}});
        responses.entry(status).or_insert(response);
    }
}

const fn is_managed(route: &Route) -> bool {
    matches!(route.who, Who::Credential(_))
}

/// The refusals of a route.
fn refusals(route: &Route) -> impl Iterator<Item = (&'static str, &'static str)> {
    let more: &[(&str, &str)] = match route.method {
        Verb::Patch if is_managed(route) => &[("412", "It is not what `If-Match` says any more")],
        Verb::Post if is_managed(route) => {
            &[("422", "The `Idempotency-Key` came with another request before")]
        }
        _ => &[],
    };
    REFUSALS.iter().chain(more).copied()
}

/// The header that a method takes.
fn header_of(method: Verb) -> Option<Value> {
    let header = |name: &str, description: &str| {
        json!({"name": name, "in": "header", "required": false, "description": description,
               "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}})
    };
    match method {
        Verb::Patch => Some(header(
            "If-Match",
            "The `ETag` of what is to be changed: 412 when it is something else by now",
        )),
        Verb::Post => Some(header(
            "Idempotency-Key",
            "The same request with the same key is done once, and gets the same answer for a day, without secrets",
        )),
        Verb::Get | Verb::Delete => None,
    }
}

/// An envelope around data.
fn envelope(data: Value) -> Value {
    json!({
        "type": "object",
        "required": ["request", "status", "success", "traceId", "data"],
        "properties": {
            "request": {"type": "string", "description": "The path that was asked for."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "success": {"type": "boolean", "const": true},
            "traceId": {"type": "string", "description": "By what the server's log knows the request."},
            "data": data,
        },
    })
}

/// An envelope around a refusal.
fn refusal() -> Value {
    json!({
        "type": "object",
        "required": ["request", "status", "success", "traceId", "errorTag", "errorMessage"],
        "properties": {
            "request": {"type": "string"},
            "status": {"type": "integer"},
            "success": {"type": "boolean", "const": false},
            "traceId": {"type": "string"},
            "errorTag": {"type": "string", "description": "The kind of error, explained under `/help/{errorTag}`."},
            "errorMessage": {"type": "string", "description": "What happened and what to do, as Markdown."},
            "context": {"type": "object"},
            "data": {
                "type": "object",
                "properties": {"validationErrors": {"type": "array", "items": {"type": "string"}}},
            },
        },
    })
}

/// Puts objects into the objects of the document.
fn merge(document: &mut Value, under: &str, more: Value) {
    let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) else { return };
    let there = document.entry(under).or_insert_with(|| json!({}));
    for (name, value) in more {
        let (Some(there), Value::Object(value)) = (there.as_object_mut(), value) else { continue };
        if let Some(place) = there.entry(name).or_insert_with(|| json!({})).as_object_mut() {
            place.extend(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_of_the_management_api_is_described_and_nothing_else() {
        let document = document();
        let mut described = BTreeSet::new();
        let mut names = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                described.insert(format!("{} {path}", method.to_uppercase()));
                let name = operation["operationId"].as_str().unwrap().to_owned();
                assert!(names.insert(name.clone()), "{name} is there twice");
                assert!(operation["summary"].is_string(), "{method} {path}");
            }
        }
        let named = |route: &Route| format!("{} {}", route.method.as_str(), route.path);
        let managed = ROUTES.iter().filter(|route| matches!(route.who, Who::Credential(_)));
        let all: BTreeSet<_> = ROUTES.iter().map(named).collect();
        let missing: Vec<_> = managed.map(named).filter(|name| !described.contains(name)).collect();
        assert!(missing.is_empty(), "not described: {missing:?}");
        let unknown: Vec<_> = described.difference(&all).collect();
        assert!(unknown.is_empty(), "described and not there: {unknown:?}");
    }

    #[test]
    fn it_is_openapi_3_1_whose_references_lead_somewhere() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn an_operation_says_its_scope_its_header_and_how_it_refuses() {
        let document = document();
        let update = &document["paths"]["/api/v1/groups/{group}"]["patch"];
        assert_eq!(update["security"][0]["credential"][0], "groups:write");
        assert!(update["description"].as_str().unwrap().ends_with("Needs the scope `groups:write`."));
        assert!(update["parameters"].as_array().unwrap().iter().any(|one| one["name"] == "If-Match"));
        assert!(update["responses"]["412"].is_object() && update["responses"]["429"].is_object());
        let schema = &update["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(schema["properties"]["data"]["$ref"], "#/components/schemas/Group");
    }
}
