//! The OpenAPI document as the page shows it to people.

use std::sync::Arc;

use serde_json::{Map, Value};
use stackyard_app::help::{ApiField, ApiOperation, ApiPart, ApiReference};

/// The parts of a document, each with its operations in the order of their paths.
#[must_use]
pub fn of(document: &Value) -> ApiReference {
    let mut parts: Vec<ApiPart> = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let name = operation.pointer("/tags/0").map(text).unwrap_or_default();
            let described = describe(document, path, method, operation);
            match parts.iter_mut().find(|part| part.name == name) {
                Some(part) => part.operations.push(described),
                None => parts.push(ApiPart { name, operations: vec![described] }),
            }
        }
    }
    ApiReference(Arc::new(parts))
}

fn describe(document: &Value, path: &str, method: &str, operation: &Value) -> ApiOperation {
    let of = |name: &str| operation.get(name).map(text).unwrap_or_default();
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let body = operation.pointer("/requestBody/content/application~1json/schema");
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let done = responses.filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response).next();
    let envelope = done.and_then(|response| response.pointer("/content/application~1json/schema"));
    let data = envelope.and_then(|envelope| envelope.pointer("/properties/data"));
    ApiOperation {
        id: of("operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        title: of("summary"),
        text: of("description"),
        parameters: parameters.map(parameter).collect(),
        body: body.map(|schema| fields(document, schema, "")).unwrap_or_default(),
        data: data.map(|schema| fields(document, schema, "")).unwrap_or_default(),
    }
}

fn parameter(parameter: &Value) -> ApiField {
    let of = |name: &str| parameter.get(name).map(text).unwrap_or_default();
    ApiField {
        name: of("name"),
        kind: format!("{}, {}", of("in"), parameter.get("schema").map(kind).unwrap_or_default()),
        required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
        text: of("description"),
    }
}

/// What an object has; what its entries have stands below them.
fn fields(document: &Value, schema: &Value, within: &str) -> Vec<ApiField> {
    let schema = resolved(document, schema);
    let none = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let required = |name: &str| {
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).any(|required| required == name)
    };
    let mut all = Vec::new();
    for (name, property) in properties {
        let is_object = |items: &&Value| items.get("$ref").is_some() || items.get("properties").is_some();
        let items = property.get("items").filter(is_object);
        all.push(ApiField {
            name: format!("{within}{name}"),
            kind: kind(property),
            required: required(name),
            text: property.get("description").map(text).unwrap_or_default(),
        });
        if let Some(items) = items.filter(|_| within.is_empty()) {
            all.extend(fields(document, items, &format!("{name}[].")));
        }
    }
    all
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

/// "string", "integer, or null", "array of string".
fn kind(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(text).collect::<Vec<_>>().join(", or "),
        Some(Value::String(kind)) if kind == "array" => {
            let of = schema.get("items").map(self::kind).unwrap_or_default();
            format!("array of {of}")
        }
        Some(kind) => text(kind),
        None => "object".to_owned(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::document::document;
    use super::*;

    #[test]
    fn every_operation_is_described_with_what_it_takes_and_answers() {
        let ApiReference(parts) = of(&document());
        let managed = parts.iter().filter(|part| part.name != "Workflows");
        let all: Vec<_> = managed.flat_map(|part| &part.operations).collect();
        assert!(all.len() >= 37, "{}", all.len());
        for operation in &all {
            let takes = ["POST", "PATCH"].contains(&operation.method.as_str());
            assert_eq!(takes, !operation.body.is_empty(), "{operation:?}");
            for field in operation.body.iter().chain(&operation.data).chain(&operation.parameters) {
                assert!(!field.text.is_empty() && !field.kind.is_empty(), "{}: {field:?}", operation.id);
            }
        }
        let list = all.iter().find(|operation| operation.id == "listGroups").unwrap();
        assert!(
            list.data.iter().any(|field| field.name == "items[].name" && field.kind == "string"),
            "{list:?}"
        );
        let member = all.iter().find(|operation| operation.id == "getMember").unwrap();
        assert!(member.data.iter().any(|field| field.kind == "string, or null"), "{member:?}");
    }
}
